"""Process delivery receipts in batches: lock each message, apply its receipts, write it once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

import structlog
from django.db import OperationalError, transaction
from django.utils import timezone

from core import tenancy
from core.sql import execute
from core.webhook_intake import calls
from core.webhook_intake.calls import StoredCall
from integrations.webhooks.outbox import OutgoingEvent, enqueue_events
from messaging import live_pages
from messaging.dispatch import failures
from messaging.models import Message, MessageStatus
from messaging.outgoing_events import event_from_message
from messaging.webhooks import inbox
from messaging.webhooks.fields import MalformedError
from messaging.webhooks.receipts import Receipt, apply_receipt, receipt_of, reports_failure
from templates_app.models import MessageType

log = structlog.get_logger("webhooks")

BATCH_SIZE = 500
WRITTEN_FIELDS = (
    "status",
    "external_id",
    "error",
    "error_code",
    "sent_at",
    "delivered_at",
    "read_at",
    "claimed_until",
)

UPDATE_MESSAGES = """
UPDATE messaging_message m
SET status = v.status, external_id = v.external_id, error = v.error, error_code = v.error_code,
    sent_at = v.sent_at, delivered_at = v.delivered_at, read_at = v.read_at,
    claimed_until = v.claimed_until, updated_at = %(now)s
FROM unnest(%(id)s::uuid[], %(status)s::text[], %(external_id)s::text[], %(error)s::text[],
            %(error_code)s::text[], %(sent_at)s::timestamptz[], %(delivered_at)s::timestamptz[],
            %(read_at)s::timestamptz[], %(claimed_until)s::timestamptz[])
     AS v(id, status, external_id, error, error_code, sent_at, delivered_at, read_at, claimed_until)
WHERE m.id = v.id
"""

ReceiptsByMessage = dict[UUID, list[tuple[StoredCall, Receipt]]]
# The error of each processed event, or "".
Errors = dict[UUID, str]


@dataclass(frozen=True)
class ReceivedMessage:
    """A locked message after its receipts were applied, and the stored values from before."""

    message: Message
    before: Mapping[str, object]
    failure_codes: Sequence[str]

    @property
    def has_changed(self) -> bool:
        return _written_values(self.message) != self.before


def process_batch(*, limit: int = BATCH_SIZE) -> int:
    """Return how many receipts were processed. Those of a locked message stay for the next time."""
    with tenancy.platform("twilio webhook"):
        errors = _process_or_halve(inbox.lock_oldest_statuses(limit))
        calls.mark_processed(errors)
    return len(errors)


def _process_or_halve(events: Sequence[StoredCall]) -> Errors:
    """Apply a batch. If it fails, halve it until the broken receipt is alone with its error."""
    if not events:
        return {}
    try:
        with transaction.atomic():
            return _apply_receipts(events)
    except OperationalError:
        raise
    except Exception as error:
        if len(events) == 1:
            log.exception("receipt_not_processed", event_id=str(events[0].id))
            return {events[0].id: f"not processed: {type(error).__name__}"}
    half = len(events) // 2
    return _process_or_halve(events[:half]) | _process_or_halve(events[half:])


def _apply_receipts(events: Sequence[StoredCall]) -> Errors:
    """Apply the receipts whose message can be locked. Return those that need no more work."""
    errors, receipts = _read_receipts(events)
    messages = _lock_messages(receipts)
    errors |= _unknown_message_errors(receipts, messages)
    received = []
    for message_id, theirs in receipts.items():
        if message := messages.get(message_id):
            received.append(_apply_to_message(message, [receipt for _event, receipt in theirs]))
            errors |= {event.id: "" for event, _receipt in theirs}
    changed = [each for each in received if each.has_changed]
    _write_messages([each.message for each in changed])
    for workspace_id in {
        each.message.workspace_id for each in changed if each.message.type == MessageType.ANSWER
    }:
        live_pages.note_change(workspace_id)
    enqueue_events([event for each in changed for event in _outgoing_events(each)])
    for each in received:
        for code in each.failure_codes:
            failures.follow_failure(each.message.pk, code=code)
    return errors


def _apply_to_message(message: Message, receipts: Sequence[Receipt]) -> ReceivedMessage:
    """Apply the receipts of a message in the order in which they came."""
    before = _written_values(message)
    failure_codes = []
    for receipt in receipts:
        if reports_failure(message, receipt):
            failure_codes.append(receipt.error_code)
        apply_receipt(message, receipt)
    return ReceivedMessage(message, before, failure_codes)


def _read_receipts(events: Sequence[StoredCall]) -> tuple[Errors, ReceiptsByMessage]:
    """Return the errors of malformed events, and the receipts of the others by message."""
    errors: Errors = {}
    receipts: ReceiptsByMessage = defaultdict(list)
    for event in events:
        try:
            receipt = receipt_of(
                message_id=UUID(event.payload["message"]),
                attempt=event.payload["attempt"],
                fields=inbox.fields_of(event),
                at=event.at,
            )
        except MalformedError as error:
            errors[event.id] = str(error)
        else:
            receipts[receipt.message_id].append((event, receipt))
    return errors, receipts


def _lock_messages(ids: Iterable[UUID]) -> dict[UUID, Message]:
    """Lock the messages, but skip those that are being settled."""
    messages = Message.objects.filter(pk__in=list(ids)).select_for_update(
        skip_locked=True, no_key=True
    )
    return {message.pk: message for message in messages.order_by("pk").defer("content", "comment")}


def _unknown_message_errors(receipts: ReceiptsByMessage, locked: Mapping[UUID, Message]) -> Errors:
    """Return an error for each receipt whose message does not exist.

    A message that exists and could not be locked is left out, so its receipts are tried again.
    """
    missing = receipts.keys() - locked.keys()
    busy = set(Message.objects.filter(pk__in=missing).values_list("pk", flat=True))
    return {
        event.id: inbox.NO_SUCH_MESSAGE
        for message_id in missing - busy
        for event, _receipt in receipts[message_id]
    }


def _written_values(message: Message) -> dict[str, object]:
    return {name: getattr(message, name) for name in WRITTEN_FIELDS}


def _outgoing_events(received: ReceivedMessage) -> Iterator[OutgoingEvent]:
    """Yield each event once, in the order in which they happened."""
    message, before = received.message, received.before
    if before["sent_at"] is None:
        yield event_from_message("message.sent", message)
    if before["delivered_at"] is None and message.delivered_at:
        yield event_from_message("message.delivered", message)
    if message.status == MessageStatus.FAILED != before["status"]:
        yield event_from_message("message.failed", message)


def _write_messages(messages: Sequence[Message]) -> None:
    if not messages:
        return
    columns = {name: [getattr(each, name) for each in messages] for name in WRITTEN_FIELDS}
    execute(UPDATE_MESSAGES, id=[each.pk for each in messages], now=timezone.now(), **columns)
