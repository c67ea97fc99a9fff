"""Replies at the double of Google: sent once, deleted, and retried while it is away."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core import tenancy
from reviews.models import GoogleConnection, GoogleLocation, ReplyStatus, Review
from reviews.replies import actions, sending
from tests.dev.doubles.google.stage import GoogleDouble
from tests.reviews.replies.at_google import (
    CLEAN,
    make_review,
    now_of,
    owner_of,
    path_of,
    queue,
    send,
)

pytestmark = pytest.mark.django_db


def test_reply_is_published_once(google: GoogleDouble, review: Review) -> None:
    queue(review)

    send()
    send(after=timedelta(hours=1))

    stored, reply = now_of(review)
    assert reply
    assert (reply.status, reply.next_try_at) == (ReplyStatus.PUBLISHED, None)
    assert reply.sent_at
    assert stored.published_reply == CLEAN
    assert [each["comment"] for each in google.replies()] == [CLEAN]


def test_lost_answer_leads_to_the_same_reply_and_no_second(
    google: GoogleDouble, review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviews.google.ATTEMPTS", 1)
    queue(review)
    google.set_faults(rate_drop=1.0)

    send()

    _, reply = now_of(review)
    assert reply
    assert (reply.status, reply.last_error.partition(":")[0]) == (
        ReplyStatus.QUEUED,
        "GoogleUnavailable",
    )
    google.set_faults(rate_drop=0.0)
    send(after=timedelta(hours=2))
    stored, reply = now_of(review)
    assert reply
    assert (reply.status, stored.published_reply) == (ReplyStatus.PUBLISHED, CLEAN)
    assert {each["comment"] for each in google.replies()} == {CLEAN}


def test_google_away_for_a_day_is_retried_with_growing_pauses(
    google: GoogleDouble, review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reviews.google.ATTEMPTS", 1)
    # The budgets count real minutes, and the test takes seconds.
    monkeypatch.setattr("reviews.request_budget.EDITS_A_MINUTE", 1_000_000)
    queue(review)
    google.set_faults(rate_503=1.0, recorded_share=0.0)
    now, tries = timezone.now() + timedelta(seconds=1), 0
    end = now + timedelta(days=1)
    with tenancy.platform("test"):
        # Its clock stands while ours moves.
        GoogleConnection.objects.update(access_expires_at=end + timedelta(days=2))

    while now < end:
        tries += sending.send_due_replies(now=now)
        _, reply = now_of(review)
        assert reply
        assert reply.next_try_at
        now = reply.next_try_at

    _, reply = now_of(review)
    assert reply
    assert reply.status == ReplyStatus.QUEUED
    assert 24 <= tries <= 40
    google.set_faults(rate_503=0.0)
    sending.send_due_replies(now=now)
    _, reply = now_of(review)
    assert reply
    assert reply.status == ReplyStatus.PUBLISHED


def test_refusal_for_good_is_not_repeated(google: GoogleDouble, review: Review) -> None:
    queue(review)
    google.delete_review(path_of(review))

    send()

    _, reply = now_of(review)
    assert reply
    assert (reply.status, reply.next_try_at) == (ReplyStatus.FAILED, None)
    assert reply.last_error.startswith("NotFoundAtGoogle")
    assert reply.attempts == 0, "Google never took it, so it may be discarded"


def test_location_that_lost_its_verification_fails_in_words(
    google: GoogleDouble, review: Review
) -> None:
    queue(review)
    google.change_location(review.location.name.partition("/")[2], is_verified=False)

    send()

    _, reply = now_of(review)
    assert reply
    assert reply.status == ReplyStatus.FAILED
    assert reply.last_error.partition(":")[0] == "LocationUnverified"


def test_withdrawn_access_keeps_the_reply_and_breaks_the_connection(
    google: GoogleDouble, review: Review
) -> None:
    queue(review)
    google.revoke()

    send()

    _, reply = now_of(review)
    assert reply
    assert (reply.status, reply.last_error.partition(":")[0]) == (ReplyStatus.QUEUED, "AccessLost")
    with tenancy.platform("test"):
        assert GoogleConnection.objects.get().status == "BROKEN"


def test_disconnected_clinic_makes_no_call(google: GoogleDouble, review: Review) -> None:
    queue(review)
    with tenancy.platform("test"):
        GoogleConnection.objects.update(
            status="DISCONNECTED", refresh_token="", access_token="", access_expires_at=None
        )

    send()

    assert google.replies() == []
    _, reply = now_of(review)
    assert reply
    assert reply.status == ReplyStatus.QUEUED


def test_eleventh_edit_in_a_minute_waits(google: GoogleDouble) -> None:
    google.set_faults(edit_quota=0)
    review = make_review(google)
    queue(review)

    send()

    _, reply = now_of(review)
    assert reply
    assert reply.status == ReplyStatus.QUEUED
    assert reply.next_try_at


def test_deletion_is_done_once_google_confirms(google: GoogleDouble, review: Review) -> None:
    queue(review)
    send()
    with tenancy.within(review.workspace_id):
        actions.delete_reply(review=review, seen_version=1, by=owner_of(review))

    send()

    stored, reply = now_of(review)
    assert reply is None
    assert (stored.published_reply, stored.published_reply_at) == ("", None)


def test_location_is_never_read_of_another_clinic(google: GoogleDouble) -> None:
    ours, theirs = make_review(google), make_review(google)
    queue(ours)
    queue(theirs)

    assert send() == 2

    for review in (ours, theirs):
        stored, reply = now_of(review)
        assert reply
        assert (reply.status, stored.published_reply) == (ReplyStatus.PUBLISHED, CLEAN)
    with tenancy.platform("test"):
        assert GoogleLocation.objects.count() == 2
