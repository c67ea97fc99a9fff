"""The connection to Google, public reviews, and replies to them."""

from datetime import timedelta

from django.utils import timezone
from factory.declarations import LazyFunction, Sequence, SubFactory

from core import encryption
from reviews.models import Attribution, GoogleConnection, GoogleLocation, Review, ReviewReply
from tests.factories.base import SAME_WORKSPACE, RowFactory
from tests.factories.patients import PatientFactory
from tests.factories.workspaces import PracticeFactory, WorkspaceFactory


class GoogleConnectionFactory(RowFactory[GoogleConnection]):
    class Meta:
        model = GoogleConnection
        # A workspace has one, and several locations share it.
        django_get_or_create = ("workspace",)

    workspace = SubFactory(WorkspaceFactory)
    google_user_id = Sequence(lambda n: f"1000{n}")
    email = Sequence(lambda n: f"clinica{n}@example.com")
    refresh_token = LazyFunction(lambda: encryption.seal("refresh"))
    connected_by_name = "Dra. Ana Ruiz"
    connected_at = LazyFunction(timezone.now)


class GoogleLocationFactory(RowFactory[GoogleLocation]):
    class Meta:
        model = GoogleLocation

    workspace = SubFactory(WorkspaceFactory)
    connection = SubFactory(GoogleConnectionFactory, workspace=SAME_WORKSPACE)
    practice = SubFactory(PracticeFactory, workspace=SAME_WORKSPACE)
    account = "accounts/1"
    name = Sequence(lambda n: f"locations/{n}")
    title = Sequence(lambda n: f"Clínica {n}")
    is_verified = True


class ReviewFactory(RowFactory[Review]):
    class Meta:
        model = Review

    workspace = SubFactory(WorkspaceFactory)
    location = SubFactory(GoogleLocationFactory, workspace=SAME_WORKSPACE)
    review_id = Sequence(lambda n: f"review-{n}")
    reviewer_name = "Lucía Vera"
    stars = 5
    comment = "Muy buena atención"
    language = "es"
    posted_at = LazyFunction(lambda: timezone.now() - timedelta(hours=1))
    changed_at = LazyFunction(lambda: timezone.now() - timedelta(hours=1))
    fetched_at = LazyFunction(timezone.now)


class ReviewReplyFactory(RowFactory[ReviewReply]):
    class Meta:
        model = ReviewReply

    workspace = SubFactory(WorkspaceFactory)
    review = SubFactory(ReviewFactory, workspace=SAME_WORKSPACE)
    text = "Gracias por compartir su opinión."
    author_name = "Dra. Ana Ruiz"


class AttributionFactory(RowFactory[Attribution]):
    class Meta:
        model = Attribution

    workspace = SubFactory(WorkspaceFactory)
    review = SubFactory(ReviewFactory, workspace=SAME_WORKSPACE)
    patient = SubFactory(PatientFactory, workspace=SAME_WORKSPACE)
    grade = "LIKELY"
