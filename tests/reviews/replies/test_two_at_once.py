"""Two people who reply to one review at the same moment."""

from collections.abc import Callable

import pytest

from core import tenancy
from reviews.models import Review, ReviewReply
from reviews.replies import actions
from reviews.replies.actions import EditedMeanwhileError
from tests.concurrency import run_concurrently
from tests.factories import ReviewFactory, UserFactory
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
