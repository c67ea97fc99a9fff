from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from core import tenancy
from messaging.models import Message, MessageStatus, Sender, SenderStop
from messaging.webhooks import inbox, processing, status
from patients.models import Suppression, SuppressionReason
from tests.factories import IncomingWebhookFactory, MessageFactory, PatientFactory, SenderFactory
from tests.messaging.webhooks.calls import PATIENT, post, receipt, status_url, tell
from tests.messaging.webhooks.rows import errors, events, fresh

pytestmark = pytest.mark.django_db


def on_its_way(**fields: object) -> Message:
    lease = timezone.now() + timedelta(minutes=2)
    values = {"status": MessageStatus.SENDING, "attempt": 1, "claimed_until": lease}
    return MessageFactory.create(**values | fields)


def test_a_receipt_reaches_a_message_whose_answer_was_lost() -> None:
    message = on_its_way(status=MessageStatus.UNKNOWN)

    tell(message.pk, "delivered", sid="SM9", attempt=1)

    told = fresh(message)
    assert (told.status, told.external_id, told.claimed_until) == ("DELIVERED", "SM9", None)
    (event,) = events()
    assert told.delivered_at == event.created_at
    assert event.processed_at
    assert not event.error


def test_a_repeated_delivery_is_kept_once() -> None:
    message = on_its_way()
    for _ in range(2):
        post(status_url(message.pk), receipt("sent"), **{"I-Twilio-Idempotency-Token": "t"})

    assert len(events()) == 1


def test_each_status_is_a_call_of_its_own() -> None:
    message = on_its_way()
    for said in ("sent", "delivered", "read"):
        tell(message.pk, said)

    assert len(events()) == 3
    assert fresh(message).read_at


def test_a_code_that_comes_later_is_not_taken_for_a_repetition() -> None:
    message = on_its_way()
    tell(message.pk, "undelivered")
    tell(message.pk, "undelivered", ErrorCode="30003")

    assert fresh(message).error_code == "30003"


def test_a_repetition_does_not_touch_the_row() -> None:
    """The sweeper counts its waiting time from the last change."""
    message = on_its_way()
    tell(message.pk, "undelivered", ErrorCode="30003")
    before = fresh(message).updated_at

    tell(message.pk, "undelivered", ErrorCode="30003", ErrorMessage="again")
    tell(message.pk, "sent")

    assert fresh(message).updated_at == before


def test_a_message_of_nobody_is_kept_for_inspection() -> None:
    response = post(status_url(uuid4()), receipt("delivered"))
    processing.process()

    assert response.status_code == 200
    assert errors() == [inbox.NO_SUCH_MESSAGE]
    assert events()[0].processed_at


def test_a_receipt_that_came_before_its_message_is_matched_later() -> None:
    message = uuid4()
    tell(message, "delivered")

    late = on_its_way(id=message)
    processing.process()

    assert fresh(late).status == MessageStatus.DELIVERED
    assert errors() == [""]


def test_a_poisoned_event_holds_up_no_other() -> None:
    good = [on_its_way() for _ in range(3)]
    for message in good:
        post(status_url(message.pk), receipt("sent", sid=f"SM{message.pk.hex}"))
    for number in range(3):
        IncomingWebhookFactory.create(key=f"poison{number}", payload={"fields": {}})
    processing.process()

    assert {fresh(message).status for message in good} == {MessageStatus.SENT}
    assert sorted(errors()) == ["", "", "", *["not processed: KeyError"] * 3]


def test_a_sid_that_is_another_messages_is_not_taken_over() -> None:
    first, second = on_its_way(external_id="SM1"), on_its_way()
    tell(second.pk, "sent", sid="SM1")

    assert fresh(second).external_id is None
    assert errors() == ["not processed: IntegrityError"]
    assert fresh(first).external_id == "SM1"


def failing(sender: Sender | None = None, **fields: object) -> Message:
    sender = sender or SenderFactory.create(workspace=None)
    patient = PatientFactory.create(phone=PATIENT, email="ana@example.com")
    return on_its_way(sender=sender, patient=patient, workspace=patient.workspace, **fields)


def suppressions(message: Message) -> list[tuple[str, str]]:
    with tenancy.platform("test"):
        rows = Suppression.objects.within(message.workspace_id)
        return [(row.address, row.reason) for row in rows]


@pytest.mark.parametrize("code", ["21610", "63014"])
def test_who_told_the_carrier_to_stop_is_left_in_peace(code: str) -> None:
    message = failing()
    for _ in range(2):
        tell(message.pk, "failed", ErrorCode=code)

    assert suppressions(message) == [(PATIENT, SuppressionReason.CARRIER)]
    with tenancy.platform("test"):
        assert SenderStop.objects.get().sender == message.sender
    assert fresh(message).patient.opted_out_at


@pytest.mark.parametrize("code", ["21211", "21614", "30005", "30006"])
def test_a_dead_number_is_not_tried_again_but_nobody_opted_out(code: str) -> None:
    message = failing()
    tell(message.pk, "undelivered", ErrorCode=code)

    assert suppressions(message) == [(PATIENT, SuppressionReason.UNREACHABLE)]
    assert fresh(message).patient.opted_out_at is None


def test_a_loop_is_broken_off() -> None:
    message = failing()
    follow_up = MessageFactory.create(
        workspace=message.workspace, patient=message.patient, type="FOLLOWUP_HAPPY"
    )
    tell(message.pk, "failed", ErrorCode="14107")

    assert fresh(follow_up).status == MessageStatus.CANCELLED


@pytest.mark.parametrize("code", ["30003", "30008", "63003", "63024", "63032", "63049", "63016"])
def test_what_may_be_tried_again_is_left_to_the_sweeper(code: str) -> None:
    message = failing(channel="WHATSAPP")
    tell(message.pk, "undelivered", ErrorCode=code)

    told = fresh(message)
    assert (told.status, told.error_code, told.channel) == ("FAILED", code, "WHATSAPP")
    assert not suppressions(message)


def test_late_news_of_an_earlier_attempt_has_no_consequences() -> None:
    message = failing(attempt=2)
    tell(message.pk, "failed", attempt=1, ErrorCode="21610")

    assert fresh(message).status == MessageStatus.SENDING
    assert not suppressions(message)


def test_a_batch_takes_the_oldest_first() -> None:
    messages = [on_its_way() for _ in range(5)]
    for message in messages:
        post(status_url(message.pk), receipt("sent", sid=f"SM{message.pk.hex}"))
    status.process_batch(limit=3)

    assert [fresh(m).status == MessageStatus.SENT for m in messages] == [True] * 3 + [False] * 2


def test_a_batch_costs_the_same_number_of_queries_whatever_its_size(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for message in [on_its_way() for _ in range(20)]:
        post(status_url(message.pk), receipt("sent", sid=f"SM{message.pk.hex}"))

    with django_assert_max_num_queries(12):
        assert status.process_batch() == 20


def test_what_was_understood_is_forgotten_after_a_week() -> None:
    message = on_its_way()
    tell(message.pk, "sent")
    tell(uuid4(), "sent", sid="SM2")
    post(status_url(message.pk), receipt("delivered"))

    now = timezone.now()
    assert inbox.prune(now=now + timedelta(days=6)) == 0
    assert inbox.prune(now=now + timedelta(days=8)) == 1
    assert errors() == [inbox.NO_SUCH_MESSAGE, ""], "one to look at, one that still waits"
    assert inbox.prune(now=now + timedelta(days=61)) == 1


def test_forgetting_goes_on_until_nothing_is_left_to_forget() -> None:
    message = on_its_way()
    for said in ("queued", "sent", "delivered"):
        tell(message.pk, said)

    assert inbox.prune(now=timezone.now() + timedelta(days=8), batch_size=2) == 3
