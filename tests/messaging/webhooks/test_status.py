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
from tests.messaging.webhooks.calls import PATIENT, post, receive_status, status_fields, status_url
from tests.messaging.webhooks.rows import call_errors, reload_message, stored_calls

pytestmark = pytest.mark.django_db


def on_its_way(**fields: object) -> Message:
    lease = timezone.now() + timedelta(minutes=2)
    values = {"status": MessageStatus.SENDING, "attempt": 1, "claimed_until": lease}
    return MessageFactory.create(**values | fields)


def test_receipt_settles_a_message_whose_response_was_lost() -> None:
    message = on_its_way(status=MessageStatus.UNKNOWN)

    receive_status(message.pk, "delivered", sid="SM9", attempt=1)

    told = reload_message(message)
    assert (told.status, told.external_id, told.claimed_until) == ("DELIVERED", "SM9", None)
    (event,) = stored_calls()
    assert told.delivered_at == event.created_at
    assert event.processed_at
    assert not event.error


def test_repeated_call_is_stored_once() -> None:
    message = on_its_way()
    for _ in range(2):
        post(status_url(message.pk), status_fields("sent"), **{"I-Twilio-Idempotency-Token": "t"})

    assert len(stored_calls()) == 1


def test_calls_with_different_statuses_are_all_stored() -> None:
    message = on_its_way()
    for said in ("sent", "delivered", "read"):
        receive_status(message.pk, said)

    assert len(stored_calls()) == 3
    assert reload_message(message).read_at


def test_call_repeated_with_a_code_is_stored() -> None:
    message = on_its_way()
    receive_status(message.pk, "undelivered")
    receive_status(message.pk, "undelivered", ErrorCode="30003")

    assert reload_message(message).error_code == "30003"


def test_repeated_status_does_not_change_updated_at() -> None:
    """The sweeper counts its waiting time from the last change."""
    message = on_its_way()
    receive_status(message.pk, "undelivered", ErrorCode="30003")
    before = reload_message(message).updated_at

    receive_status(message.pk, "undelivered", ErrorCode="30003", ErrorMessage="again")
    receive_status(message.pk, "sent")

    assert reload_message(message).updated_at == before


def test_receipt_of_unknown_message_is_kept_with_an_error() -> None:
    response = post(status_url(uuid4()), status_fields("delivered"))
    processing.process()

    assert response.status_code == 200
    assert call_errors() == [inbox.NO_SUCH_MESSAGE]
    assert stored_calls()[0].processed_at


def test_receipt_before_its_message_is_matched_later() -> None:
    message = uuid4()
    receive_status(message, "delivered")

    late = on_its_way(id=message)
    processing.process()

    assert reload_message(late).status == MessageStatus.DELIVERED
    assert call_errors() == [""]


def test_broken_call_does_not_block_others() -> None:
    good = [on_its_way() for _ in range(3)]
    for message in good:
        post(status_url(message.pk), status_fields("sent", sid=f"SM{message.pk.hex}"))
    for number in range(3):
        IncomingWebhookFactory.create(key=f"poison{number}", payload={"fields": {}})
    processing.process()

    assert {reload_message(message).status for message in good} == {MessageStatus.SENT}
    assert sorted(call_errors()) == ["", "", "", *["not processed: KeyError"] * 3]


def test_sid_of_another_message_is_not_stored() -> None:
    first, second = on_its_way(external_id="SM1"), on_its_way()
    receive_status(second.pk, "sent", sid="SM1")

    assert reload_message(second).external_id is None
    assert call_errors() == ["not processed: IntegrityError"]
    assert reload_message(first).external_id == "SM1"


def create_failed_message(sender: Sender | None = None, **fields: object) -> Message:
    sender = sender or SenderFactory.create(workspace=None)
    patient = PatientFactory.create(phone=PATIENT, email="ana@example.com")
    return on_its_way(sender=sender, patient=patient, workspace=patient.workspace, **fields)


def suppressions(message: Message) -> list[tuple[str, str]]:
    with tenancy.platform("test"):
        rows = Suppression.objects.within(message.workspace_id)
        return [(row.address, row.reason) for row in rows]


@pytest.mark.parametrize("code", ["21610", "63014"])
def test_opt_out_code_suppresses_the_address(code: str) -> None:
    message = create_failed_message()
    for _ in range(2):
        receive_status(message.pk, "failed", ErrorCode=code)

    assert suppressions(message) == [(PATIENT, SuppressionReason.CARRIER)]
    with tenancy.platform("test"):
        assert SenderStop.objects.get().sender == message.sender
    assert reload_message(message).patient.opted_out_at


@pytest.mark.parametrize("code", ["21211", "21614", "30005", "30006"])
def test_dead_number_is_suppressed_without_opt_out(code: str) -> None:
    message = create_failed_message()
    receive_status(message.pk, "undelivered", ErrorCode=code)

    assert suppressions(message) == [(PATIENT, SuppressionReason.UNREACHABLE)]
    assert reload_message(message).patient.opted_out_at is None


def test_loop_code_cancels_waiting_messages() -> None:
    message = create_failed_message()
    follow_up = MessageFactory.create(
        workspace=message.workspace, patient=message.patient, type="FOLLOWUP_HAPPY"
    )
    receive_status(message.pk, "failed", ErrorCode="14107")

    assert reload_message(follow_up).status == MessageStatus.CANCELLED


@pytest.mark.parametrize("code", ["30003", "30008", "63003", "63024", "63032", "63049", "63016"])
def test_retryable_failure_suppresses_nothing(code: str) -> None:
    message = create_failed_message(channel="WHATSAPP")
    receive_status(message.pk, "undelivered", ErrorCode=code)

    told = reload_message(message)
    assert (told.status, told.error_code, told.channel) == ("FAILED", code, "WHATSAPP")
    assert not suppressions(message)


def test_failure_of_an_earlier_attempt_is_ignored() -> None:
    message = create_failed_message(attempt=2)
    receive_status(message.pk, "failed", attempt=1, ErrorCode="21610")

    assert reload_message(message).status == MessageStatus.SENDING
    assert not suppressions(message)


def test_batch_takes_oldest_calls_first() -> None:
    messages = [on_its_way() for _ in range(5)]
    for message in messages:
        post(status_url(message.pk), status_fields("sent", sid=f"SM{message.pk.hex}"))
    status.process_batch(limit=3)

    assert [reload_message(m).status == MessageStatus.SENT for m in messages] == [True] * 3 + [
        False
    ] * 2


def test_number_of_queries_does_not_grow_with_the_batch(
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for message in [on_its_way() for _ in range(20)]:
        post(status_url(message.pk), status_fields("sent", sid=f"SM{message.pk.hex}"))

    with django_assert_max_num_queries(12):
        assert status.process_batch() == 20


def test_processed_calls_are_deleted_after_a_week() -> None:
    message = on_its_way()
    receive_status(message.pk, "sent")
    receive_status(uuid4(), "sent", sid="SM2")
    post(status_url(message.pk), status_fields("delivered"))

    now = timezone.now()
    assert inbox.prune(now=now + timedelta(days=6)) == 0
    assert inbox.prune(now=now + timedelta(days=8)) == 1
    assert call_errors() == [inbox.NO_SUCH_MESSAGE, ""], "one to look at, one that still waits"
    assert inbox.prune(now=now + timedelta(days=61)) == 1


def test_pruning_continues_until_nothing_is_left() -> None:
    message = on_its_way()
    for said in ("queued", "sent", "delivered"):
        receive_status(message.pk, said)

    assert inbox.prune(now=timezone.now() + timedelta(days=8), batch_size=2) == 3
