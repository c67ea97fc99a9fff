"""The state of a review is the same for the filter and for the badge."""

from itertools import product

import pytest
from django.utils import timezone
from django.utils.translation import override

from core import tenancy
from reviews.listing.states import CONDITIONS, ReviewState, find_states
from reviews.listing.views import reply_of
from reviews.models import GoogleLocation, ReplyStatus, Review
from reviews.templatetags.reply_badges import reply_badge
from tests.factories import GoogleLocationFactory, ReviewFactory, ReviewReplyFactory

pytestmark = pytest.mark.django_db

UNSETTLED = {ReplyStatus.QUEUED, ReplyStatus.IN_MODERATION, ReplyStatus.DELETING}


@pytest.fixture
def location() -> GoogleLocation:
    return GoogleLocationFactory.create()


def add(location: GoogleLocation, status: ReplyStatus | None = None, **values: str) -> Review:
    review = ReviewFactory.create(workspace=location.workspace, location=location, **values)
    if status:
        ReviewReplyFactory.create(
            workspace=location.workspace,
            review=review,
            status=status,
            next_try_at=timezone.now() if status in UNSETTLED else None,
        )
    with tenancy.platform("test"):
        return Review.objects.select_related("reply").get(pk=review.pk)


def states_in_sql(review: Review) -> set[ReviewState]:
    with tenancy.platform("test"):
        rows = Review.objects.filter(pk=review.pk)
        return {state for state, condition in CONDITIONS.items() if rows.filter(condition).exists()}


def test_filter_and_badge_agree(location: GoogleLocation) -> None:
    for status, text, state in product(
        (None, *ReplyStatus), ("", "Gracias"), ("", "APPROVED", "rejected")
    ):
        review = add(location, status, published_reply=text, reply_state=state)

        found = find_states(review, reply_of(review))

        assert found == states_in_sql(review), (status, text, state)
    gone = add(location, comment="", reviewer_name="")
    with tenancy.platform("test"):
        Review.objects.filter(pk=gone.pk).update(vanished_at=timezone.now())
        gone.refresh_from_db()
    assert states_in_sql(gone) == find_states(gone, None) == {ReviewState.GONE}
    assert reply_badge(gone) is None


def test_reply_that_was_deleted_at_google_leaves_the_review_open(location: GoogleLocation) -> None:
    review = add(location, ReplyStatus.PUBLISHED, published_reply="")

    assert states_in_sql(review) == {ReviewState.OPEN}


@pytest.mark.parametrize("status", [None, ReplyStatus.DRAFT])
def test_rejected_reply_of_google_is_refused(
    status: ReplyStatus | None, location: GoogleLocation
) -> None:
    review = add(location, status, published_reply="Gracias", reply_state="REJECTED")

    assert states_in_sql(review) == {ReviewState.REFUSED}


@pytest.mark.parametrize(
    ("status", "text", "state", "label", "tone"),
    [
        (None, "", "", "Without a reply", ""),
        (ReplyStatus.DRAFT, "", "", "Draft", ""),
        (ReplyStatus.PUBLISHED, "", "", "Without a reply", ""),
        (ReplyStatus.PUBLISHED, "Gracias", "APPROVED", "Answered", "badge-good"),
        (None, "Gracias", "REJECTED", "Rejected by Google", "badge-bad"),
        (ReplyStatus.DRAFT, "Gracias", "REJECTED", "Rejected by Google", "badge-bad"),
        (ReplyStatus.FAILED, "", "", "Could not be sent", "badge-bad"),
        (ReplyStatus.QUEUED, "Gracias", "", "Being sent", "badge-warn"),
    ],
)
def test_badge_shows_the_state_that_asks_for_more(  # noqa: PLR0917
    status: ReplyStatus | None,
    text: str,
    state: str,
    label: str,
    tone: str,
    location: GoogleLocation,
) -> None:
    review = add(location, status, published_reply=text, reply_state=state)

    with override("en"):
        badge = reply_badge(review)

        assert badge
        assert (str(badge.label), badge.tone) == (label, tone)
