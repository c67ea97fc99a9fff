"""Resolve what a worker left open: look up messages without an answer, retry failed ones, and
cancel those that are too late to be sent."""

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError
from django.utils import timezone

from campaigns.timing import OLDEST_USEFUL_ASK
from core import sql, tenancy
from integrations.webhooks.outbox import enqueue_events
from messaging.channels import ChannelClient, ProviderTrace
from messaging.confirmations import CONFIRMED_WITHIN
from messaging.dispatch.sending import CHANNELS
from messaging.dispatch.settling import release_credits
from messaging.error_policy import RETRIED_CODES, policy_of
from messaging.models import Message
from messaging.outgoing_events import RETURNED, event_from_row
from templates_app.models import IS_ASK, Channel

BATCH = 200

# How often in all a message without an answer is sent, whatever ended the earlier attempts.
MAX_UNANSWERED_ATTEMPTS = 5

# The worker died or is stuck. UNKNOWN and not PENDING, because the provider may have the message.
EXPIRE_LEASES = """
UPDATE messaging_message SET status = 'UNKNOWN', updated_at = %(now)s
WHERE status = 'SENDING' AND claimed_until < %(now)s
"""

FIND_UNANSWERED = """
SELECT m.id, m.attempt, m.channel, m.content, m.claimed_until - %(lease)s AS claimed_at,
       s.address AS sender, w.resend_unknown,
       CASE WHEN m.channel = 'EMAIL' THEN pt.email ELSE pt.phone END AS address
FROM messaging_message m
JOIN messaging_sender s ON s.id = m.sender_id
JOIN patients_patient pt ON pt.id = m.patient_id
JOIN workspaces_workspace w ON w.id = m.workspace_id
WHERE m.status = 'UNKNOWN' AND m.claimed_until < %(now)s
ORDER BY m.claimed_until
LIMIT %(limit)s
"""

# `was` locks the row first and keeps `sent_at` as it was: only the first time is announced, because
# a receipt or an earlier attempt may have announced it already.
MARK_SENT = f"""
UPDATE messaging_message m
SET status = 'SENT', external_id = %(external_id)s, sent_at = %(claimed_at)s,
    claimed_until = NULL, error = '', updated_at = %(now)s
FROM (SELECT id, sent_at FROM messaging_message WHERE id = %(id)s FOR UPDATE) was
WHERE m.id = was.id AND m.attempt = %(attempt)s AND m.status = 'UNKNOWN'
RETURNING was.sent_at IS NULL AS is_first, {RETURNED}
"""

# The attempt is compared, so a worker that was only slow and has settled meanwhile wins.
GIVE_UP = f"""
UPDATE messaging_message m
SET status = CASE WHEN %(again)s THEN 'PENDING' ELSE 'FAILED' END,
    error_code = CASE WHEN %(again)s THEN '' ELSE 'no_trace' END,
    error = CASE WHEN %(again)s THEN '' ELSE %(why)s END,
    next_attempt_at = %(now)s, claimed_until = NULL, updated_at = %(now)s
WHERE m.id = %(id)s AND m.attempt = %(attempt)s AND m.status = 'UNKNOWN'
RETURNING {RETURNED}
"""

CANCEL_LATE = f"""
UPDATE messaging_message m
SET status = 'CANCELLED', updated_at = %(now)s,
    error = CASE WHEN c.status = 'CANCELLED' AND m.type NOT LIKE 'CONFIRM%%'
            THEN 'campaign cancelled' ELSE 'too old' END
FROM campaigns_campaign c
WHERE c.id = m.campaign_id AND m.status = 'PENDING'
  AND m.channel IN ('SMS', 'WHATSAPP', 'EMAIL')
  AND ((c.status = 'CANCELLED'
        AND m.type NOT IN ('ANSWER', 'CONFIRM_START', 'CONFIRM_STOP'))
       OR (m.type IN ('CONFIRM_START', 'CONFIRM_STOP')
           AND m.created_at < %(now)s - %(confirmed_within)s)
       OR ({IS_ASK} AND m.created_at < %(now)s - %(oldest)s))
"""


@dataclass(frozen=True)
class UnansweredMessage:
    """A message that was handed to the provider and whose answer never arrived."""

    id: UUID
    attempt: int
    channel: str
    content: str
    claimed_at: datetime
    sender: str
    resend_unknown: bool
    address: str


def sweep_unsettled(*, now: datetime | None = None) -> None:
    """Run all the steps. Each is safe to repeat and to run in two workers at once."""
    now = now or timezone.now()
    _execute(EXPIRE_LEASES, now=now)
    for message, trace in asyncio.run(_look_up_all(_find_unanswered(now))):
        resolve_message(message, trace, now=now)
    retry_failed(now=now)
    _execute(CANCEL_LATE, now=now, oldest=OLDEST_USEFUL_ASK, confirmed_within=CONFIRMED_WITHIN)


def resolve_message(message: UnansweredMessage, trace: ProviderTrace, *, now: datetime) -> None:
    """Mark the message as sent if the provider has it; after ten minutes, give up or send it again.

    It is sent again only where the workspace wants that. As each of these attempts may go
    unanswered too, there is a limit to them.
    """
    if any(_mark_sent(message, external_id, now) for external_id in trace.external_ids):
        return
    if now - message.claimed_at < settings.DISPATCH_SILENCE:
        return
    if trace.can_tell:
        again = message.resend_unknown and message.attempt < MAX_UNANSWERED_ATTEMPTS
        _give_up(message, again=again, may_be_sent=False, now=now)
    elif message.channel == "EMAIL" or not message.address:
        _give_up(message, again=False, may_be_sent=True, now=now)


def retry_failed(*, now: datetime | None = None) -> int:
    """Make failed messages PENDING again as `error_policy` says. Return how many."""
    now = now or timezone.now()
    with tenancy.platform("sweep"):
        failed = (
            Message.objects.filter(status="FAILED", error_code__in=RETRIED_CODES)
            .filter(updated_at__gt=now - timedelta(days=1))
            .order_by("updated_at")
            .select_for_update(skip_locked=True)[:BATCH]
        )
        return sum(_retry(message, now) for message in failed)


def _retry(message: Message, now: datetime) -> bool:
    policy = policy_of(message.error_code)
    if policy.send_by_sms:
        return _send_by_sms(message, now)
    retry = policy.retry
    if not retry or message.attempt >= retry.max_attempts or now < message.updated_at + retry.wait:
        return False
    message.status = "PENDING"
    message.external_id = None
    message.next_attempt_at = now
    message.save(update_fields=["status", "external_id", "next_attempt_at", "updated_at"])
    return True


def _send_by_sms(message: Message, now: datetime) -> bool:
    """Change the channel of a WhatsApp message that cannot be delivered, where that is allowed."""
    return bool(
        Message.objects.filter(
            pk=message.pk, channel=Channel.WHATSAPP, workspace__sms_fallback=True
        )
        .exclude(patient__phone="")
        .update(channel=Channel.SMS, status="PENDING", external_id=None, next_attempt_at=now)
    )


def _find_unanswered(now: datetime) -> list[UnansweredMessage]:
    with tenancy.platform("sweep"):
        rows = sql.fetch(FIND_UNANSWERED, now=now, lease=settings.DISPATCH_LEASE, limit=BATCH)
    return [UnansweredMessage(**row) for row in rows]


async def _look_up_all(
    messages: list[UnansweredMessage],
) -> list[tuple[UnansweredMessage, ProviderTrace]]:
    """Ask the providers about all of these messages at the same time."""
    channels = {
        name: CHANNELS[name](connections=10) for name in {message.channel for message in messages}
    }
    try:
        traces = await asyncio.gather(
            *(_look_up(channels[message.channel], message) for message in messages)
        )
    finally:
        for channel in channels.values():
            await channel.close()
    return list(zip(messages, traces, strict=True))


async def _look_up(channel: ChannelClient, message: UnansweredMessage) -> ProviderTrace:
    if not message.address:
        # The patient was erased meanwhile. A search without an address would find every message.
        return ProviderTrace(can_tell=False)
    return await channel.trace(
        sender=message.sender, to=message.address, body=message.content, since=message.claimed_at
    )


def _mark_sent(message: UnansweredMessage, external_id: str, now: datetime) -> bool:
    """Return False if the provider's id belongs to another message: `external_id` is unique."""
    try:
        with tenancy.platform("sweep"):
            rows = sql.fetch(
                MARK_SENT,
                id=message.id,
                attempt=message.attempt,
                external_id=external_id,
                claimed_at=message.claimed_at,
                now=now,
            )
            enqueue_events(event_from_row("message.sent", row) for row in rows if row["is_first"])
            return bool(rows)
    except IntegrityError:
        return False


def _give_up(message: UnansweredMessage, *, again: bool, may_be_sent: bool, now: datetime) -> None:
    """Fail the message or queue it again. Its credit is released if it was surely not sent."""
    why = "no answer, and nobody to ask" if may_be_sent else "the provider has no trace of it"
    with tenancy.platform("sweep"):
        rows = sql.fetch(
            GIVE_UP, id=message.id, attempt=message.attempt, again=again, why=why, now=now
        )
        enqueue_events(
            event_from_row("message.failed", row) for row in rows if row["status"] == "FAILED"
        )
        if not may_be_sent:
            release_credits(Counter(row["workspace_id"] for row in rows))


def _execute(statement: str, **values: Any) -> int:
    with tenancy.platform("sweep"):
        return sql.execute(statement, **values)
