"""What receipts make of a message, in any order and however often."""

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
from messaging.webhooks.status import WRITTEN

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ID = UUID(int=7)
IN_FLIGHT = [MessageStatus.SENDING, MessageStatus.UNKNOWN, MessageStatus.SENT]


def told(status: str, *, after: int = 0, attempt: int | None = 1, **fields: str) -> Receipt:
    return receipt_of(
        message_id=ID,
        attempt=attempt,
        fields={"MessageSid": "SM1", "MessageStatus": status, **fields},
        at=NOON + timedelta(seconds=after),
    )


def sent(status: MessageStatus = MessageStatus.SENDING, **fields: object) -> Message:
    return Message(id=ID, **{"status": status, "attempt": 1, "claimed_until": NOON} | fields)


def after(message: Message, *receipts: Receipt) -> dict[str, object]:
    message = copy(message)
    for receipt in receipts:
        apply_receipt(message, receipt)
    return {name: getattr(message, name) for name in WRITTEN}


@pytest.mark.parametrize(("said", "status"), STATUSES.items())
@pytest.mark.parametrize("before", IN_FLIGHT)
def test_every_word_of_twilios_raises_what_is_on_its_way(
    said: str, status: MessageStatus, before: MessageStatus
) -> None:
    result = after(sent(before), told(said))

    assert result["status"] == status
    assert result["external_id"] == "SM1"
    assert result["sent_at"] == NOON
    assert (result["delivered_at"] is not None) == (said in ("delivered", "read"))
    assert (result["read_at"] is not None) == (said == "read")


def test_what_arrived_is_no_longer_leased() -> None:
    assert after(sent(), told("queued"))["claimed_until"] is None


@pytest.mark.parametrize("order", permutations(["queued", "sent", "delivered", "read"]))
def test_the_order_of_a_full_life_does_not_matter(order: tuple[str, ...]) -> None:
    times = {"queued": 1, "sent": 2, "delivered": 3, "read": 4}
    result = after(sent(), *(told(said, after=times[said]) for said in order))

    assert result["status"] == MessageStatus.DELIVERED
    assert result["sent_at"] == NOON + timedelta(seconds=1)
    assert result["delivered_at"] == NOON + timedelta(seconds=3)
    assert result["read_at"] == NOON + timedelta(seconds=4)


def test_a_failed_part_may_be_followed_by_success() -> None:
    result = after(sent(), told("undelivered", ErrorCode="30008"), told("delivered"))

    assert (result["status"], result["error_code"]) == (MessageStatus.DELIVERED, "")


def test_a_failure_without_a_code_keeps_the_one_that_is_known() -> None:
    failed = told("failed", ErrorCode="30005")

    assert after(sent(), failed, told("failed"))["error_code"] == "30005"
    assert after(sent(), told("failed"), failed)["error_code"] == "30005"


def test_a_code_of_twilios_beats_a_word_of_ours() -> None:
    given_up = sent(MessageStatus.FAILED, error_code="no_trace")

    assert after(given_up, told("failed", ErrorCode="30003"))["error_code"] == "30003"
    assert after(given_up, told("failed"))["error_code"] == "no_trace"


@pytest.mark.parametrize("said", STATUSES)
def test_an_answered_message_stays_answered(said: str) -> None:
    assert after(sent(MessageStatus.REPLIED), told(said))["status"] == MessageStatus.REPLIED


@pytest.mark.parametrize("said", STATUSES)
def test_a_cancelled_message_stays_as_it_is(said: str) -> None:
    cancelled = sent(MessageStatus.CANCELLED)

    assert after(cancelled, told(said)) == after(cancelled)


class TestTriedAgain:
    """The first attempt failed, the second is on its way or about to be."""

    waiting = sent(MessageStatus.PENDING, error_code="30003", claimed_until=None, sent_at=NOON)
    second = sent(MessageStatus.SENDING, attempt=2, sent_at=NOON)

    @pytest.mark.parametrize("said", ["sent", "undelivered", "failed"])
    def test_late_news_of_the_first_changes_nothing(self, said: str) -> None:
        for message in (self.waiting, self.second):
            late = told(said, after=60, ErrorCode="30003")
            assert after(message, late) == after(message)

    def test_unless_the_patient_has_it_after_all(self) -> None:
        for message in (self.waiting, self.second):
            assert after(message, told("delivered"))["status"] == MessageStatus.DELIVERED

    def test_the_second_fails_by_itself(self) -> None:
        failed = told("failed", attempt=2, ErrorCode="30005")

        assert after(self.second, failed)["status"] == MessageStatus.FAILED

    def test_without_a_number_of_the_attempt_the_sid_tells(self) -> None:
        second = sent(MessageStatus.SENT, attempt=2, external_id="SM2")

        assert after(second, told("failed", attempt=None))["status"] == MessageStatus.SENT
        assert after(second, told("failed", attempt=None, MessageSid="SM2"))["status"] == "FAILED"


def test_proof_that_a_lost_one_was_sent_stops_the_next_attempt() -> None:
    """Its answer was lost, the provider's list did not show it, and it was to go once more."""
    about_to_go = sent(MessageStatus.PENDING, claimed_until=None)

    assert after(about_to_go, told("sent"))["status"] == MessageStatus.SENT


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
def test_what_twilio_does_not_document_is_malformed(fields: dict[str, str]) -> None:
    whole = {"MessageSid": "SM1", "MessageStatus": "sent", **fields}

    with pytest.raises(MalformedError):
        receipt_of(message_id=ID, attempt=1, fields=whole, at=NOON)


def test_the_older_names_of_the_fields_do() -> None:
    receipt = told("", MessageSid="", SmsSid="SM1", SmsStatus="Delivered")

    assert (receipt.external_id, receipt.status) == ("SM1", MessageStatus.DELIVERED)


@pytest.mark.parametrize("code", ["", "30003;DROP", "३०००३", "1" * 11, "none"])
def test_a_code_that_is_none_is_not_stored(code: str) -> None:
    assert told("failed", ErrorCode=code).error_code == ""


receipts = st.builds(
    told,
    st.sampled_from(list(STATUSES)),
    after=st.integers(0, 5),
    attempt=st.sampled_from([1, 2]),
    ErrorCode=st.sampled_from(["", "30003", "30005", "21610"]),
)
messages = st.builds(
    sent,
    st.sampled_from([*RANK, MessageStatus.CANCELLED]),
    attempt=st.sampled_from([1, 2]),
    error_code=st.sampled_from(["", "30003", "no_trace"]),
    sent_at=st.sampled_from([None, NOON]),
)


@given(messages, st.lists(receipts, max_size=6), st.data())
def test_any_order_and_any_repetition_end_the_same(
    message: Message, once: list[Receipt], data: st.DataObject
) -> None:
    again = data.draw(st.lists(st.sampled_from(once), max_size=4)) if once else []
    shuffled = data.draw(st.permutations(once + again))

    assert after(message, *shuffled) == after(message, *once)


@given(messages, receipts)
def test_no_status_ever_goes_back(message: Message, receipt: Receipt) -> None:
    result = after(message, receipt)["status"]

    assert result == message.status or message.may_become(str(result))
