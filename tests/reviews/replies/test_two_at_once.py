"""Two people who reply to one review at the same moment."""

from collections.abc import Callable
from threading import Event
from time import sleep

import pytest
from django.utils import timezone

from core import tenancy
from reviews.models import Review, ReviewReply
from reviews.replies import actions, sending
from reviews.replies.actions import EditedMeanwhileError
from tests.concurrency import run_concurrently
from tests.factories import ReviewFactory, ReviewReplyFactory, UserFactory
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db(transaction=True)

TEXTS = ("Gracias por su comentario.", "¡Gracias por las estrellas!")


def send(review: Review, text: str, by: User) -> Callable[[], str]:
    def call() -> str:
        with tenancy.within(review.workspace_id):
            try:
                actions.send(review=review, text=text, seen_version=0, by=by)
            except EditedMeanwhileError as problem:
                return str(problem.message)
            return ""

    return call


def test_one_reply_is_queued_and_the_other_person_is_told() -> None:
    review = ReviewFactory.create()
    people = [UserFactory.create(workspace=review.workspace, role=Role.OWNER) for _ in TEXTS]

    told = run_concurrently(
        *(send(review, text, by) for text, by in zip(TEXTS, people, strict=True))
    )

    with tenancy.within(review.workspace_id):
        reply = ReviewReply.objects.get()
    winner = told.index("")
    assert (reply.text, reply.version) == (TEXTS[winner], 1)
    assert people[winner].name in told[1 - winner]


def test_send_waits_for_a_worker_that_leases_the_older_text() -> None:
    review = ReviewFactory.create()
    owner = UserFactory.create(workspace=review.workspace, role=Role.OWNER)
    reply = ReviewReplyFactory.create(
        review=review, workspace=review.workspace, status="QUEUED", next_try_at=timezone.now()
    )
    is_leased = Event()

    def lease() -> str:
        with tenancy.platform("test"):
            (job,) = sending.lease_jobs()
            is_leased.set()
            sleep(0.5)  # the lease is not committed yet
        return str(job.leased_until)

    def edit() -> str:
        is_leased.wait(10)
        with tenancy.within(review.workspace_id):
            actions.send(review=review, text=TEXTS[0], seen_version=reply.version, by=owner)
        return ""

    until, _ = run_concurrently(lease, edit)

    with tenancy.within(review.workspace_id):
        reply = ReviewReply.objects.get()
    assert (str(reply.next_try_at), reply.attempts, reply.version) == (until, 1, 2)
