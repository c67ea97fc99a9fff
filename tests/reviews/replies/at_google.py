"""Reviews that the double of Google has too, and what members and workers do with replies."""

from datetime import timedelta

from django.utils import timezone

from core import encryption, tenancy
from reviews.models import Review, ReviewReply
from reviews.replies import actions, sending
from tests.dev.doubles.google.stage import GoogleDouble
from tests.factories import (
    GoogleConnectionFactory,
    GoogleLocationFactory,
    ReviewFactory,
    UserFactory,
)
from workspaces.models import Role, User

CLEAN = "Gracias por su comentario. Lo compartimos con todo el equipo."


def make_review(google: GoogleDouble) -> Review:
    tokens = google.grant()
    name = google.add_review(stars=5, comment="Muy amables", author="Ana Torres", push=False)
    account, location, review_id = (
        "/".join(name.split("/")[:2]),
        "/".join(name.split("/")[2:4]),
        name.rpartition("/")[2],
    )
    connection = GoogleConnectionFactory.create(
        refresh_token=encryption.seal(tokens["refresh_token"]),
        access_token=encryption.seal(tokens["access_token"]),
        access_expires_at=timezone.now() + timedelta(minutes=50),
    )
    place = GoogleLocationFactory.create(
        workspace=connection.workspace, connection=connection, account=account, name=location
    )
    return ReviewFactory.create(workspace=connection.workspace, location=place, review_id=review_id)


def queue(review: Review, text: str = CLEAN) -> ReviewReply:
    owner = owner_of(review)
    with tenancy.within(review.workspace_id):
        reply = actions.find_reply(review)
        version = reply.version if reply else 0
        return actions.send(review=review, text=text, seen_version=version, by=owner)


def owner_of(review: Review) -> User:
    with tenancy.platform("test"):
        found = User.objects.filter(workspace=review.workspace, role=Role.OWNER).first()
    return found or UserFactory.create(workspace=review.workspace, role=Role.OWNER)


def now_of(review: Review) -> tuple[Review, ReviewReply | None]:
    with tenancy.within(review.workspace_id):
        return Review.objects.get(pk=review.pk), ReviewReply.objects.filter(review=review).first()


def send(*, after: timedelta = timedelta(seconds=1)) -> int:
    return sending.send_due_replies(now=timezone.now() + after)


def path_of(review: Review) -> str:
    location = review.location
    return f"{location.account}/{location.name}/reviews/{review.review_id}"
