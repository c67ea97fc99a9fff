"""Process delivery receipts in batches: lock each message, apply its receipts, write it once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

import structlog
from django.db import OperationalError, transaction
from django.utils import timezone

from core import tenancy
from core.sql import execute
from core.webhook_intake import calls
from core.webhook_intake.calls import StoredCall
from integrations.webhooks.outbox import OutgoingEvent, enqueue_events
from messaging.dispatch import failures
from messaging.models import Message, MessageStatus
from messaging.outgoing_events import event_from_message
from messaging.webhooks import inbox
from messaging.webhooks.fields import MalformedError
from messaging.webhooks.receipts import Receipt, apply_receipt, receipt_of, reports_failure

log = structlog.get_logger("webhooks")

BATCH = 500
WRITTEN = (
    "status",
    "external_id",
    "error",
    "error_code",
    "sent_at",
    "delivered_at",
    "read_at",
    "claimed_until",
)

RAISE = """
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

Errors = dict[UUID, str]


def process_batch(*, limit: int = BATCH) -> int:
    """Return how many receipts were processed. Those of a locked message stay for the next time."""
    with tenancy.platform("twilio webhook"):
        errors = _process(inbox.lock_oldest_statuses(limit))
        calls.mark_processed(errors)
    return len(errors)


def _process(events: Sequence[StoredCall]) -> Errors:
    """Apply a batch. If it fails, halve it until the broken receipt is alone with its error."""
    if not events:
        return {}
    try:
        with transaction.atomic():
            return _apply(events)
    except OperationalError:
        raise
    except Exception as error:
        if len(events) == 1:
            log.exception("receipt_not_processed", event_id=str(events[0].id))
            return {events[0].id: f"not processed: {type(error).__name__}"}
    half = len(events) // 2
    return _process(events[:half]) | _process(events[half:])


def _apply(events: Sequence[StoredCall]) -> Errors:
    errors, receipts = _read(events)
    locked = _lock(receipts)
    busy = set(Message.objects.filter(pk__in=receipts.keys() - locked.keys()).values_list("pk"))
    changed: list[Message] = []
    reported: list[tuple[Message, str]] = []
    outgoing: list[OutgoingEvent] = []
    for message_id, theirs in receipts.items():
        if (message := locked.get(message_id)) is None:
            if (message_id,) not in busy:
                errors |= {event.id: inbox.NO_SUCH_MESSAGE for event, _receipt in theirs}
            continue
        before = dict(zip(WRITTEN, _facts(message), strict=True))
        for event, receipt in theirs:
            if reports_failure(message, receipt):
                reported.append((message, receipt.error_code))
            apply_receipt(message, receipt)
            errors[event.id] = ""
        if _facts(message) != list(before.values()):
            changed.append(message)
            outgoing.extend(_outgoing_events(before, message))
    _write(changed)
    enqueue_events(outgoing)
    for message, code in reported:
        failures.follow_failure(message.pk, code=code)
    return errors


def _read(
    events: Sequence[StoredCall],
) -> tuple[Errors, dict[UUID, list[tuple[StoredCall, Receipt]]]]:
    errors: Errors = {}
    receipts: dict[UUID, list[tuple[StoredCall, Receipt]]] = defaultdict(list)
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


def _lock(ids: Iterable[UUID]) -> dict[UUID, Message]:
    """Lock the messages, but skip those that are being settled."""
    messages = Message.objects.filter(pk__in=list(ids)).select_for_update(
        skip_locked=True, no_key=True
    )
    return {message.pk: message for message in messages.order_by("pk").defer("content", "comment")}


def _facts(message: Message) -> list[object]:
    return [getattr(message, name) for name in WRITTEN]


def _outgoing_events(before: Mapping[str, object], message: Message) -> Iterator[OutgoingEvent]:
    """Return each event once, in the order in which they happened."""
    if before["sent_at"] is None:
        yield event_from_message("message.sent", message)
    if before["delivered_at"] is None and message.delivered_at:
        yield event_from_message("message.delivered", message)
    if message.status == MessageStatus.FAILED != before["status"]:
        yield event_from_message("message.failed", message)


def _write(messages: Sequence[Message]) -> None:
    columns = {name: [getattr(message, name) for message in messages] for name in WRITTEN}
    if messages:
        execute(RAISE, id=[message.pk for message in messages], now=timezone.now(), **columns)
