"""Leases of replies: a worker that died, a newer text, and a call that comes too late."""

from datetime import timedelta

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from core import tenancy
from reviews.google import GoogleClient
from reviews.models import ReplyStatus, Review
from reviews.replies import actions, sending
from reviews.replies.sending import Outcome, ReplyJob
from reviews.sync.access import in_database
from tests.dev.doubles.google.stage import GoogleDouble
from tests.reviews.replies.at_google import CLEAN, now_of, owner_of, queue, send

pytestmark = pytest.mark.django_db


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
