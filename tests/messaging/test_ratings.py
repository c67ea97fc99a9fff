from datetime import timedelta

import pytest
from django.utils import timezone

from core import tenancy
from messaging import ratings
from messaging.models import Feedback, Message, MessageStatus, RecoveryStatus
from patients.models import Patient
from tests.concurrency import run_concurrently
from tests.factories import MessageFactory

pytestmark = pytest.mark.django_db

HAPPY, UNHAPPY = "FOLLOWUP_HAPPY", "FOLLOWUP_UNHAPPY"


@pytest.fixture
def ask() -> Message:
    ask: Message = MessageFactory.create(status=MessageStatus.DELIVERED, attempt=1)
    return ask


def rate(ask: Message, rating: int, comment: str = "") -> bool:
    with tenancy.within(ask.workspace_id):
        return ratings.record_rating(ask=ask, rating=rating, comment=comment)


def reload_message(ask: Message) -> Message:
    with tenancy.within(ask.workspace_id):
        return Message.objects.within(ask.workspace_id).get(pk=ask.pk)


def change(ask: Message, **fields: object) -> None:
    with tenancy.platform("test"):
        Message.objects.filter(pk=ask.pk).update(**fields)


def follow_ups(ask: Message) -> list[Message]:
    with tenancy.within(ask.workspace_id):
        rows = Message.objects.within(ask.workspace_id).filter(patient_id=ask.patient_id)
        return list(rows.exclude(type="INITIAL").order_by("id"))


def feedback(ask: Message) -> list[Feedback]:
    with tenancy.within(ask.workspace_id):
        return list(Feedback.objects.within(ask.workspace_id).filter(message=ask))


@pytest.mark.parametrize(
    ("rating", "kind"), [(5, HAPPY), (4, HAPPY), (3, UNHAPPY), (2, UNHAPPY), (1, UNHAPPY)]
)
def test_rating_queues_its_follow_up(rating: int, kind: str, ask: Message) -> None:
    before = timezone.now()
    assert rate(ask, rating)

    (answer,) = follow_ups(ask)
    assert (answer.type, answer.channel, answer.status) == (
        kind,
        ask.channel,
        MessageStatus.PENDING,
    )
    assert answer.next_attempt_at >= before + ratings.FOLLOW_UP_DELAY
    assert len(feedback(ask)) == (kind == UNHAPPY)
    rated = reload_message(ask)
    assert (rated.rating, rated.status) == (rating, MessageStatus.REPLIED)
    assert rated.replied_at


def test_rating_after_half_an_hour_does_not_replace_the_first(ask: Message) -> None:
    rate(ask, 5)
    change(ask, replied_at=timezone.now() - timedelta(minutes=31))

    assert not rate(ask, 1, "Lo pensé mejor")
    assert (reload_message(ask).rating, reload_message(ask).comment) == (5, "Lo pensé mejor")
    assert [message.type for message in follow_ups(ask)] == [HAPPY]


def test_rating_within_half_an_hour_replaces_the_first(ask: Message) -> None:
    rate(ask, 5)
    change(ask, replied_at=timezone.now() - timedelta(minutes=29))

    assert rate(ask, 1)
    assert [message.type for message in follow_ups(ask)] == [UNHAPPY]


def test_rating_can_be_changed_back(ask: Message) -> None:
    for rating in (5, 2, 5):
        assert rate(ask, rating)

    (answer,) = follow_ups(ask)
    assert (answer.type, answer.status) == (HAPPY, MessageStatus.PENDING)
    assert not feedback(ask)


def test_changed_rating_of_the_same_kind_keeps_the_follow_up(ask: Message) -> None:
    rate(ask, 1)
    first = follow_ups(ask)
    rate(ask, 2)

    assert follow_ups(ask) == first
    assert [one.rating for one in feedback(ask)] == [2]


def test_sent_follow_up_cannot_be_withdrawn(ask: Message) -> None:
    rate(ask, 5)
    change(follow_ups(ask)[0], status=MessageStatus.SENT, attempt=1)
    rate(ask, 1)

    kinds = [(message.type, message.status) for message in follow_ups(ask)]
    assert kinds == [(HAPPY, MessageStatus.SENT), (UNHAPPY, MessageStatus.PENDING)]


def test_rating_cannot_change_after_click_on_review_link(ask: Message) -> None:
    rate(ask, 5)
    with tenancy.platform("test"):
        Patient.objects.filter(pk=ask.patient_id).update(review_clicks=1)

    assert not rate(ask, 1)


def test_rating_cannot_change_after_private_form(ask: Message) -> None:
    rate(ask, 1)
    with tenancy.within(ask.workspace_id):
        ratings.give_feedback(ask=ask, comment="Esperé una hora")

    assert not rate(ask, 5)


def test_case_in_progress_is_kept_when_rating_changes(ask: Message) -> None:
    rate(ask, 1)
    with tenancy.within(ask.workspace_id):
        Feedback.objects.update(status=RecoveryStatus.IN_PROGRESS)
    rate(ask, 5)

    assert [one.status for one in feedback(ask)] == [RecoveryStatus.IN_PROGRESS]


def test_comments_are_joined_up_to_the_limit(ask: Message) -> None:
    rate(ask, 4, "Bien")
    with tenancy.within(ask.workspace_id):
        ratings.add_comment(ask=ask, comment=" pero caro \n")
        ratings.add_comment(ask=ask, comment="  ")
        assert reload_message(ask).comment == "Bien\npero caro"
        ratings.add_comment(ask=ask, comment="x" * 5000)

    assert len(reload_message(ask).comment) == 4000


def test_second_private_form_is_added_to_the_first(ask: Message) -> None:
    rate(ask, 2)
    with tenancy.within(ask.workspace_id):
        for comment in ("Esperé una hora", "y nadie se disculpó"):
            ratings.give_feedback(ask=ask, comment=comment)

    assert [one.comment for one in feedback(ask)] == ["Esperé una hora\ny nadie se disculpó"]


def test_answer_without_rating_marks_ask_as_replied(ask: Message) -> None:
    with tenancy.within(ask.workspace_id):
        ratings.note_answer(ask=ask)
        first = reload_message(ask).replied_at
        ratings.note_answer(ask=ask)

    assert (reload_message(ask).status, reload_message(ask).replied_at) == (
        MessageStatus.REPLIED,
        first,
    )
    assert not follow_ups(ask)


def test_time_to_change_a_rating_starts_with_the_rating(ask: Message) -> None:
    with tenancy.within(ask.workspace_id):
        ratings.note_answer(ask=ask)
    change(ask, replied_at=timezone.now() - timedelta(hours=2))
    rate(ask, 4)

    assert rate(ask, 5)


def test_rated_ask_that_was_cancelled_keeps_its_status(ask: Message) -> None:
    change(ask, status=MessageStatus.CANCELLED)
    rate(ask, 5)

    assert (reload_message(ask).rating, reload_message(ask).status) == (5, MessageStatus.CANCELLED)


def test_rating_stops_a_waiting_second_attempt(ask: Message) -> None:
    change(ask, status=MessageStatus.PENDING)
    rate(ask, 5)

    assert reload_message(ask).status == MessageStatus.REPLIED


@pytest.mark.django_db(transaction=True)
def test_concurrent_identical_ratings_count_once() -> None:
    ask = MessageFactory.create(status=MessageStatus.DELIVERED)
    run_concurrently(*[lambda: rate(ask, 2)] * 4)

    assert len(follow_ups(ask)) == 1
    assert len(feedback(ask)) == 1


@pytest.mark.django_db(transaction=True)
def test_concurrent_different_ratings_leave_one_follow_up() -> None:
    ask = MessageFactory.create(status=MessageStatus.DELIVERED)
    run_concurrently(lambda: rate(ask, 1), lambda: rate(ask, 5))

    kind = HAPPY if reload_message(ask).rating == 5 else UNHAPPY
    assert [message.type for message in follow_ups(ask)] == [kind]
    assert len(feedback(ask)) == (kind == UNHAPPY)
