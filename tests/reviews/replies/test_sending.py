"""Replies at the double of Google: sent once, moderated, deleted, and retried while it is away."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from core import encryption, tenancy
from core.models import AuditEvent
from reviews.google import GoogleClient
from reviews.models import GoogleConnection, GoogleLocation, ReplyStatus, Review, ReviewReply
from reviews.replies import actions, moderation, sending
from reviews.replies.sending import Outcome, ReplyJob
from reviews.sync.access import in_database
from tests.dev.doubles.google.stage import GoogleDouble
from tests.factories import (
    GoogleConnectionFactory,
    GoogleLocationFactory,
    ReviewFactory,
    ReviewReplyFactory,
    UserFactory,
)
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

CLEAN = "Gracias por su comentario. Lo compartimos con todo el equipo."


@pytest.fixture
def google(one_google_double: GoogleDouble) -> Iterator[GoogleDouble]:
    one_google_double.reset()
    with one_google_double.in_use():
        yield one_google_double


@pytest.fixture
def review(google: GoogleDouble) -> Review:
    """A review that the double has too, of a connected location."""
    return make_review(google)


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
    # The budgets count real minutes, of which the test has none.
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


def test_worker_that_died_is_replaced_after_its_lease(google: GoogleDouble, review: Review) -> None:
    queue(review)
    assert len(sending.lease_jobs()) == 1

    assert send() == 0
    assert send(after=sending.LEASE + timedelta(seconds=2)) == 1

    _, reply = now_of(review)
    assert reply
    assert reply.status == ReplyStatus.PUBLISHED


def test_text_that_changed_during_the_call_is_sent_afterwards(
    google: GoogleDouble, review: Review, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue(review)
    (job,) = sending.lease_jobs()
    call = sending._call

    async def change_and_call(client: GoogleClient, job: ReplyJob) -> Outcome:
        await in_database(queue, review, "¡Gracias por las estrellas!")
        leased = await in_database(sending.lease_jobs)
        assert leased == [], "the newer text would overtake the older one"
        return await call(client, job)

    monkeypatch.setattr(sending, "_call", change_and_call)
    async_to_sync(sending.run_jobs)([job])
    monkeypatch.undo()

    stored, reply = now_of(review)
    assert reply
    assert (stored.published_reply, reply.status) == (CLEAN, ReplyStatus.QUEUED)
    send()
    stored, reply = now_of(review)
    assert reply
    assert (stored.published_reply, reply.status) == (
        "¡Gracias por las estrellas!",
        ReplyStatus.PUBLISHED,
    )


def test_job_whose_text_changed_before_the_call_is_skipped(
    google: GoogleDouble, review: Review
) -> None:
    queue(review)
    (job,) = sending.lease_jobs()
    queue(review, "¡Gracias por las estrellas!")

    async_to_sync(sending.run_jobs)([job])

    assert google.replies() == []
    assert send() == 1, "the newer text must not wait for the lease"
    assert [each["comment"] for each in google.replies()] == ["¡Gracias por las estrellas!"]


def test_job_of_a_lease_that_another_worker_took_over_is_skipped(
    google: GoogleDouble, review: Review
) -> None:
    queue(review)
    (late,) = sending.lease_jobs()
    later = timezone.now() + sending.LEASE + timedelta(seconds=1)
    (taken_over,) = sending.lease_jobs(now=later)

    async_to_sync(sending.run_jobs)([late])

    assert google.replies() == []
    _, reply = now_of(review)
    assert reply
    assert reply.next_try_at == taken_over.leased_until


def test_late_job_does_not_bring_back_a_deleted_reply(google: GoogleDouble, review: Review) -> None:
    queue(review)
    (late,) = sending.lease_jobs()
    with tenancy.within(review.workspace_id):
        actions.delete_reply(review=review, seen_version=1, by=owner_of(review))
    send(after=sending.LEASE + timedelta(seconds=1))

    async_to_sync(sending.run_jobs)([late])

    stored, reply = now_of(review)
    assert (stored.published_reply, reply, google.replies()) == ("", None, [])


def test_lease_is_renewed_before_the_call(review: Review) -> None:
    queue(review)
    (job,) = sending.lease_jobs()

    renewed = sending.renew_lease(job)

    assert renewed
    assert renewed.leased_until > job.leased_until
    _, reply = now_of(review)
    assert reply
    assert reply.next_try_at == renewed.leased_until


@pytest.mark.parametrize("act", [actions.save_draft, actions.submit_for_approval])
def test_text_that_was_a_draft_meanwhile_waits_for_the_call(
    act: actions.Write, review: Review
) -> None:
    queue(review)
    assert len(sending.lease_jobs()) == 1
    with tenancy.within(review.workspace_id):
        act(review=review, text="¡Gracias!", seen_version=1, by=owner_of(review))

    queue(review, "¡Gracias por las estrellas!")

    assert sending.lease_jobs() == [], "the newer text would overtake the older one"


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
    with tenancy.within(review.workspace_id):
        moderation.follow(review=review, state="ON_HOLD", violation="")

    stored, reply = now_of(review)
    assert reply
    assert (stored.reply_state, reply.status) == ("ON_HOLD", ReplyStatus.IN_MODERATION)
    assert reply.next_try_at


def test_text_that_is_still_to_be_sent_is_not_settled_by_an_older_one(review: Review) -> None:
    reply = queue(review)

    with tenancy.within(review.workspace_id):
        moderation.follow(review=review, state="APPROVED", violation="")

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
