"""The effect of status calls on a message, in any order and repeated."""

from copy import copy
from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messaging.models import Message, MessageStatus
from messaging.models.message import RANK
from messaging.webhooks.fields import MalformedError
from messaging.webhooks.receipts import STATUSES, Receipt, apply_receipt, receipt_of
from messaging.webhooks.status import WRITTEN_FIELDS

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ID = UUID(int=7)
IN_FLIGHT = [MessageStatus.SENDING, MessageStatus.UNKNOWN, MessageStatus.SENT]


def parse_status(status: str, *, after: int = 0, attempt: int | None = 1, **fields: str) -> Receipt:
    return receipt_of(
        message_id=ID,
        attempt=attempt,
        fields={"MessageSid": "SM1", "MessageStatus": status, **fields},
        at=NOON + timedelta(seconds=after),
    )


def create_message(status: MessageStatus = MessageStatus.SENDING, **fields: object) -> Message:
    return Message(id=ID, **{"status": status, "attempt": 1, "claimed_until": NOON} | fields)


def apply_status(message: Message, *receipts: Receipt) -> dict[str, object]:
    message = copy(message)
    for receipt in receipts:
        apply_receipt(message, receipt)
    return {name: getattr(message, name) for name in WRITTEN_FIELDS}


@pytest.mark.parametrize(("said", "status"), STATUSES.items())
@pytest.mark.parametrize("before", IN_FLIGHT)
def test_each_status_of_twilio_raises_the_status_of_a_message_in_flight(
    said: str, status: MessageStatus, before: MessageStatus
) -> None:
    result = apply_status(create_message(before), parse_status(said))

    assert result["status"] == status
    assert result["external_id"] == "SM1"
    assert result["sent_at"] == NOON
    assert (result["delivered_at"] is not None) == (said in ("delivered", "read"))
    assert (result["read_at"] is not None) == (said == "read")


def test_delivered_message_has_no_lease() -> None:
    assert apply_status(create_message(), parse_status("queued"))["claimed_until"] is None


@pytest.mark.parametrize("order", permutations(["queued", "sent", "delivered", "read"]))
def test_status_calls_in_any_order_end_the_same(order: tuple[str, ...]) -> None:
    times = {"queued": 1, "sent": 2, "delivered": 3, "read": 4}
    result = apply_status(
        create_message(), *(parse_status(said, after=times[said]) for said in order)
    )

    assert result["status"] == MessageStatus.DELIVERED
    assert result["sent_at"] == NOON + timedelta(seconds=1)
    assert result["delivered_at"] == NOON + timedelta(seconds=3)
    assert result["read_at"] == NOON + timedelta(seconds=4)


def test_delivered_after_undelivered_is_delivered() -> None:
    result = apply_status(
        create_message(), parse_status("undelivered", ErrorCode="30008"), parse_status("delivered")
    )

    assert (result["status"], result["error_code"]) == (MessageStatus.DELIVERED, "")


def test_failure_without_code_keeps_the_known_code() -> None:
    failed = parse_status("failed", ErrorCode="30005")

    assert apply_status(create_message(), failed, parse_status("failed"))["error_code"] == "30005"
    assert apply_status(create_message(), parse_status("failed"), failed)["error_code"] == "30005"


def test_code_of_twilio_replaces_our_own() -> None:
    given_up = create_message(MessageStatus.FAILED, error_code="no_trace")

    assert (
        apply_status(given_up, parse_status("failed", ErrorCode="30003"))["error_code"] == "30003"
    )
    assert apply_status(given_up, parse_status("failed"))["error_code"] == "no_trace"


@pytest.mark.parametrize("said", STATUSES)
def test_answered_message_keeps_its_status(said: str) -> None:
    assert (
        apply_status(create_message(MessageStatus.REPLIED), parse_status(said))["status"]
        == MessageStatus.REPLIED
    )


@pytest.mark.parametrize("said", STATUSES)
def test_cancelled_message_is_not_changed(said: str) -> None:
    cancelled = create_message(MessageStatus.CANCELLED)

    assert apply_status(cancelled, parse_status(said)) == apply_status(cancelled)


class TestSecondAttempt:
    """The first attempt failed, and the second waits or was sent."""

    waiting = create_message(
        MessageStatus.PENDING, error_code="30003", claimed_until=None, sent_at=NOON
    )
    second = create_message(MessageStatus.SENDING, attempt=2, sent_at=NOON)

    @pytest.mark.parametrize("said", ["sent", "undelivered", "failed"])
    def test_late_failure_of_the_first_attempt_is_ignored(self, said: str) -> None:
        for message in (self.waiting, self.second):
            late = parse_status(said, after=60, ErrorCode="30003")
            assert apply_status(message, late) == apply_status(message)

    def test_late_delivery_of_the_first_attempt_is_applied(self) -> None:
        for message in (self.waiting, self.second):
            assert (
                apply_status(message, parse_status("delivered"))["status"]
                == MessageStatus.DELIVERED
            )

    def test_failure_of_the_second_attempt_is_applied(self) -> None:
        failed = parse_status("failed", attempt=2, ErrorCode="30005")

        assert apply_status(self.second, failed)["status"] == MessageStatus.FAILED

    def test_sid_decides_if_attempt_number_is_missing(self) -> None:
        second = create_message(MessageStatus.SENT, attempt=2, external_id="SM2")

        assert (
            apply_status(second, parse_status("failed", attempt=None))["status"]
            == MessageStatus.SENT
        )
        assert (
            apply_status(second, parse_status("failed", attempt=None, MessageSid="SM2"))["status"]
            == "FAILED"
        )


def test_status_of_a_lost_attempt_stops_the_next_attempt() -> None:
    """The response was lost and the provider's list did not show it, so it is to be sent again."""
    about_to_go = create_message(MessageStatus.PENDING, claimed_until=None)

    assert apply_status(about_to_go, parse_status("sent"))["status"] == MessageStatus.SENT


@pytest.mark.parametrize(
    "fields",
    [
        {"MessageSid": "", "SmsSid": ""},
        {"MessageSid": "S" * 65},
        {"MessageStatus": ""},
        {"MessageStatus": "received"},
        {"MessageStatus": "dançando"},
    ],
)
def test_undocumented_status_is_malformed(fields: dict[str, str]) -> None:
    whole = {"MessageSid": "SM1", "MessageStatus": "sent", **fields}

    with pytest.raises(MalformedError):
        receipt_of(message_id=ID, attempt=1, fields=whole, at=NOON)


def test_older_field_names_are_accepted() -> None:
    receipt = parse_status("", MessageSid="", SmsSid="SM1", SmsStatus="Delivered")

    assert (receipt.external_id, receipt.status) == ("SM1", MessageStatus.DELIVERED)


@pytest.mark.parametrize("code", ["", "30003;DROP", "३०००३", "1" * 11, "none"])
def test_invalid_code_is_not_stored(code: str) -> None:
    assert parse_status("failed", ErrorCode=code).error_code == ""


receipts = st.builds(
    parse_status,
    st.sampled_from(list(STATUSES)),
    after=st.integers(0, 5),
    attempt=st.sampled_from([1, 2]),
    ErrorCode=st.sampled_from(["", "30003", "30005", "21610"]),
)
messages = st.builds(
    create_message,
    st.sampled_from([*RANK, MessageStatus.CANCELLED]),
    attempt=st.sampled_from([1, 2]),
    error_code=st.sampled_from(["", "30003", "no_trace"]),
    sent_at=st.sampled_from([None, NOON]),
)


@given(messages, st.lists(receipts, max_size=6), st.data())
def test_any_order_and_repetition_of_status_calls_ends_the_same(
    message: Message, once: list[Receipt], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(once), max_size=4)) if once else []
    shuffled = data.draw(st.permutations(once + again))

    assert apply_status(message, *shuffled) == apply_status(message, *once)


@given(messages, receipts)
def test_status_never_falls(message: Message, receipt: Receipt) -> None:
    result = apply_status(message, receipt)["status"]

    assert result == message.status or message.may_become(str(result))
