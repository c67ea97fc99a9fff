"""Store the outcomes of a batch that was sent: one statement for each table, safe to repeat."""

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
from messaging import live_pages
from messaging.channels import OutgoingMessage, SendOutcome, SendResult
from messaging.dispatch import failures, pausing
from messaging.outgoing_events import RETURNED, event_from_row
from templates_app.models import MessageType
from workspaces.models import Workspace

# Only the attempt that the outcome belongs to is changed. A receipt may have come before the
# provider's answer, so the status never goes down. An answer after the sweeper has put the message
# back to PENDING changes nothing, unless it says that the message was taken: then it is SENT, or it
# would be sent twice.
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

STATUS_AFTER = {
    SendResult.ACCEPTED: "SENT",
    SendResult.REJECTED: "FAILED",
    SendResult.RETRY: "PENDING",
    SendResult.PAUSED: "PENDING",
    SendResult.UNKNOWN: "UNKNOWN",
}
# The provider did not take the message, so its credit is given back.
NOT_TAKEN = {"FAILED", "PENDING"}

Results = Sequence[tuple[OutgoingMessage, SendOutcome]]


def settle_batch(results: Results, *, now: datetime | None = None) -> None:
    """Store what became of each message, release the credits of those that were not taken, and act
    on what an outcome means for the address or the sender."""
    now = now or timezone.now()
    if not results:
        return
    with tenancy.platform("settle"):
        settled = _store_outcomes(results, now)
        for workspace_id in {
            row["workspace_id"] for row in settled if row["type"] == MessageType.ANSWER
        }:
            live_pages.note_change(workspace_id)
        not_taken = (row for row in settled if row["outcome"] in NOT_TAKEN)
        release_credits(Counter(row["workspace_id"] for row in not_taken))
        enqueue_events(_outgoing_events(settled, now))
        # An outcome that changed nothing came too late. Acting on it could pause a sender, or
        # suppress an address, for an attempt that somebody else has already settled.
        settled_ids = {row["id"] for row in settled}
        for message, outcome in results:
            if message.id in settled_ids:
                _follow_outcome(message, outcome)


def _outgoing_events(settled: list[dict[str, Any]], now: datetime) -> Iterator[OutgoingEvent]:
    for row in settled:
        # When a receipt came first, it has announced `message.sent` already.
        if row["outcome"] == "SENT" and row["sent_at"] == now:
            yield event_from_row("message.sent", row)
        elif row["outcome"] == "FAILED":
            yield event_from_row("message.failed", row)


def _store_outcomes(results: Results, now: datetime) -> list[dict[str, Any]]:
    outcomes = [outcome for _message, outcome in results]
    return sql.fetch(
        SETTLE,
        ids=[message.id for message, _outcome in results],
        attempts=[message.attempt for message, _outcome in results],
        statuses=[STATUS_AFTER[outcome.fate] for outcome in outcomes],
        external_ids=[outcome.external_id for outcome in outcomes],
        segments=[outcome.segments for outcome in outcomes],
        codes=[outcome.code for outcome in outcomes],
        errors=[outcome.reason[:300] for outcome in outcomes],
        waits=[float(outcome.retry_after) for outcome in outcomes],
        now=now,
    )


def release_credits(messages: Counter[UUID]) -> None:
    """Give back one credit for each message that did not reach the provider, by workspace."""
    # Lock in the same order as the claim, or the two could deadlock over the same balances.
    list(Workspace.objects.select_for_update().filter(pk__in=messages).order_by("pk"))
    CreditEntry.objects.bulk_create(
        CreditEntry(
            workspace_id=workspace_id,
            kind=EntryKind.RELEASE,
            amount=count,
            # A new cause each time, so nothing here prevents a second release. The callers do: they
            # count only rows whose status they have just changed.
            cause=f"settle:{uuid7()}",
        )
        for workspace_id, count in sorted(messages.items())
    )


def _follow_outcome(message: OutgoingMessage, outcome: SendOutcome) -> None:
    """Act on what an outcome means for the address or the sender, beyond this message."""
    if outcome.fate is SendResult.PAUSED:
        pausing.note_refusal(message.sender_id, code=outcome.code, reason=outcome.reason)
    elif outcome.fate is SendResult.ACCEPTED and message.is_probe:
        pausing.resume_after_probe(message.sender_id)
    elif outcome.fate is SendResult.REJECTED:
        failures.follow_failure(message.id, code=outcome.code)
