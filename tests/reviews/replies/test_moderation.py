"""What Google decides about a reply, followed until it is final."""

from datetime import UTC, datetime, timedelta

import pytest

from core import tenancy
from core.models import AuditEvent
from reviews.models import ReplyStatus, Review
from reviews.replies import moderation
from tests.dev.doubles.google.stage import GoogleDouble
from tests.factories import (
    ReviewReplyFactory,
)
from tests.reviews.replies.at_google import now_of, path_of, queue, send

pytestmark = pytest.mark.django_db


def follow(review: Review, state: str) -> None:
    """Store a state of Google's as the synchronisation does."""
    with tenancy.within(review.workspace_id):
        Review.objects.filter(pk=review.pk).update(reply_state=state)
        moderation.follow_stored(review.workspace_id, [review.pk])


def test_moderation_is_followed_until_it_is_final(google: GoogleDouble, review: Review) -> None:
    google.set_faults(moderation_ms=600_000)
    queue(review)

    send()

    _, reply = now_of(review)
    assert reply
    assert reply.status == ReplyStatus.IN_MODERATION
    send(after=timedelta(minutes=2))
    _, reply = now_of(review)
    assert reply
    assert reply.status == ReplyStatus.IN_MODERATION
    google.moderate(path_of(review))
    send(after=timedelta(minutes=20))
    stored, reply = now_of(review)
    assert reply
    assert (stored.reply_state, reply.status) == ("APPROVED", ReplyStatus.PUBLISHED)
    assert reply.settled_at


def test_rejection_keeps_googles_reason(google: GoogleDouble, review: Review) -> None:
    google.set_faults(moderation_ms=600_000)
    queue(review)
    send()
    google.moderate(path_of(review), violation="HARASSMENT")

    send(after=timedelta(minutes=2))

    stored, reply = now_of(review)
    assert reply
    assert (reply.status, stored.reply_violation) == (ReplyStatus.REJECTED, "HARASSMENT")
    with tenancy.within(review.workspace_id):
        assert AuditEvent.objects.filter(action="review.rejected").count() == 1


def test_state_that_is_not_known_is_shown_and_followed(review: Review) -> None:
    ReviewReplyFactory.create(review=review, workspace=review.workspace, status="PUBLISHED")
    follow(review, "ON_HOLD")

    stored, reply = now_of(review)
    assert reply
    assert (stored.reply_state, reply.status) == ("ON_HOLD", ReplyStatus.IN_MODERATION)
    assert reply.next_try_at


def test_text_that_is_still_to_be_sent_is_not_settled_by_an_older_one(review: Review) -> None:
    reply = queue(review)

    follow(review, "APPROVED")

    _, stored = now_of(review)
    assert stored
    assert (stored.status, stored.version) == (ReplyStatus.QUEUED, reply.version)


def test_pauses_between_looks_double_up_to_six_hours() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)

    pauses = [moderation.next_look(attempts, now) - now for attempts in (0, 1, 2, 30)]

    assert pauses == [
        timedelta(seconds=15),
        timedelta(seconds=30),
        timedelta(minutes=1),
        timedelta(hours=6),
    ]
