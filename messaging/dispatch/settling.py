"""Write down what became of a batch, in one statement a table, and never twice."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from billing.models import CreditEntry, EntryKind
from core import sql, tenancy
from core.ids import uuid7
from integrations.webhooks.outbox import OutgoingEvent, enqueue_events
from messaging.channels import OutgoingMessage, SendOutcome, SendResult
from messaging.dispatch import fallbacks, pausing
from messaging.error_codes import BY_SMS_INSTEAD, Consequence, meaning_of
from messaging.outgoing_events import RETURNED, event_from_row
from workspaces.models import Workspace

# Fenced by the attempt. A receipt may have been faster than the answer, so the higher of the two
# stays. An answer that comes after the sweeper has decided changes nothing, but for the one that
# says the message was taken after all while it waits to be sent again: it must not be.
SETTLE = f"""
UPDATE messaging_message m
SET status = CASE WHEN m.status IN ('SENDING', 'UNKNOWN')
                    OR (m.status = 'PENDING' AND m.error_code = '' AND v.status = 'SENT')
        THEN v.status ELSE m.status END,
    external_id = coalesce(m.external_id, nullif(v.external_id, '')),
    segments = coalesce(v.segments, m.segments),
    sent_at = CASE WHEN v.status = 'SENT'
        THEN coalesce(m.sent_at, least(%(now)s, m.delivered_at)) ELSE m.sent_at END,
    error_code = CASE WHEN v.status = 'SENT' THEN m.error_code ELSE v.code END,
    error = CASE WHEN v.status = 'SENT' THEN m.error ELSE v.error END,
    next_attempt_at = CASE WHEN v.status = 'PENDING'
        THEN %(now)s + v.wait * interval '1 second' ELSE m.next_attempt_at END,
    claimed_until = CASE WHEN v.status = 'UNKNOWN' THEN m.claimed_until END,
    updated_at = %(now)s
FROM unnest(%(ids)s::uuid[], %(attempts)s::int[], %(statuses)s::text[], %(external_ids)s::text[],
            %(segments)s::int[], %(codes)s::text[], %(errors)s::text[], %(waits)s::float8[])
     AS v(id, attempt, status, external_id, segments, code, error, wait)
WHERE m.id = v.id AND m.attempt = v.attempt
  AND (m.status IN ('SENDING', 'UNKNOWN') OR v.status = 'SENT')
RETURNING v.status AS outcome, {RETURNED}
"""

BECOMES = {
    SendResult.ACCEPTED: "SENT",
    SendResult.REJECTED: "FAILED",
    SendResult.RETRY: "PENDING",
    SendResult.PAUSED: "PENDING",
    SendResult.UNKNOWN: "UNKNOWN",
}
NEVER_REACHED = {"FAILED", "PENDING"}

Settled = Sequence[tuple[OutgoingMessage, SendOutcome]]


def settle_batch(results: Settled, *, now: datetime | None = None) -> None:
    now = now or timezone.now()
    if not results:
        return
    with tenancy.platform("settle"):
        written = _write(results, now)
        released = (row for row in written if row["outcome"] in NEVER_REACHED)
        release_batch(Counter(row["workspace_id"] for row in released))
        enqueue_events(_news(written, now))
        done = {row["id"] for row in written}
        for message, outcome in results:
            if message.id in done:
                _follow(message, outcome)


def _news(written: list[dict[str, Any]], now: datetime) -> Iterator[OutgoingEvent]:
    """That it was sent is told once, by whoever learns it first: here or from a receipt."""
    for row in written:
        if row["outcome"] == "SENT" and row["sent_at"] == now:
            yield event_from_row("message.sent", row)
        elif row["outcome"] == "FAILED":
            yield event_from_row("message.failed", row)


def _write(results: Settled, now: datetime) -> list[dict[str, Any]]:
    outcomes = [outcome for _message, outcome in results]
    return sql.fetch(
        SETTLE,
        ids=[message.id for message, _outcome in results],
        attempts=[message.attempt for message, _outcome in results],
        statuses=[BECOMES[outcome.fate] for outcome in outcomes],
        external_ids=[outcome.external_id for outcome in outcomes],
        segments=[outcome.segments for outcome in outcomes],
        codes=[outcome.code for outcome in outcomes],
        errors=[outcome.reason[:300] for outcome in outcomes],
        waits=[float(outcome.retry_after) for outcome in outcomes],
        now=now,
    )


def release_batch(messages: Counter[UUID]) -> None:
    """What never reached the provider costs nothing."""
    # In the claimer's order, so that two who post to the same balances never wait for each other.
    list(Workspace.objects.select_for_update().filter(pk__in=messages).order_by("pk"))
    CreditEntry.objects.bulk_create(
        CreditEntry(
            workspace_id=workspace_id,
            kind=EntryKind.RELEASE,
            amount=count,
            cause=f"settle:{uuid7()}",
        )
        for workspace_id, count in sorted(messages.items())
    )


def _follow(message: OutgoingMessage, outcome: SendOutcome) -> None:
    """What an outcome says about the number, the person or the sender beyond this one message."""
    if outcome.fate is SendResult.PAUSED:
        pausing.note_refusal(message.sender_id, code=outcome.code, reason=outcome.reason)
    if outcome.fate is SendResult.ACCEPTED and message.is_probe:
        pausing.resume_after_probe(message.sender_id)
    if outcome.fate is not SendResult.REJECTED:
        return
    match meaning_of(outcome.code).consequence:
        case Consequence.OPTED_OUT:
            fallbacks.opted_out(message.id)
        case Consequence.PERMANENT:
            fallbacks.unreachable(message.id)
        case consequence if consequence in BY_SMS_INSTEAD:
            fallbacks.try_sms(message.id)
        case _:
            pass
