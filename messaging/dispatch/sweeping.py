"""What was handed over without an answer is looked up; what may be tried again, is; what can no
longer be sent is put to rest. Each act is safe to repeat and to run beside itself."""

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
from messaging.dispatch import fallbacks
from messaging.dispatch.sending import CHANNELS
from messaging.dispatch.settling import release_batch
from messaging.error_codes import Consequence, meaning_of
from messaging.models import Message
from messaging.models.message import RETRIED
from messaging.outgoing_events import RETURNED, event_from_row

BATCH = 200

# So often in all a message is tried that leaves no trace, whatever ended the tries before.
TRIES_WITHOUT_TRACE = 5

# How often in all a message may be tried after such a failure, and how long to wait before.
TRIES = {
    Consequence.ACCOUNT_REFUSED: (5, timedelta(minutes=5)),
    Consequence.SENDER_REFUSED: (5, timedelta(minutes=5)),
    Consequence.UNREACHABLE_NOW: (3, timedelta(hours=1)),
    Consequence.UNKNOWN_ONCE: (2, timedelta(minutes=5)),
    Consequence.EXPIRED: (2, timedelta(minutes=1)),
}

LAPSED = """
UPDATE messaging_message SET status = 'UNKNOWN', updated_at = %(now)s
WHERE status = 'SENDING' AND claimed_until < %(now)s
"""

UNANSWERED = """
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

FOUND = f"""
UPDATE messaging_message m
SET status = 'SENT', external_id = %(external_id)s, sent_at = %(claimed_at)s,
    claimed_until = NULL, error = '', updated_at = %(now)s
FROM (SELECT id, sent_at FROM messaging_message WHERE id = %(id)s FOR UPDATE) was
WHERE m.id = was.id AND m.attempt = %(attempt)s AND m.status = 'UNKNOWN'
RETURNING was.sent_at IS NULL AS is_first, {RETURNED}
"""

NO_TRACE = f"""
UPDATE messaging_message m
SET status = CASE WHEN %(again)s THEN 'PENDING' ELSE 'FAILED' END,
    error_code = CASE WHEN %(again)s THEN '' ELSE 'no_trace' END,
    error = CASE WHEN %(again)s THEN '' ELSE %(why)s END,
    next_attempt_at = %(now)s, claimed_until = NULL, updated_at = %(now)s
WHERE m.id = %(id)s AND m.attempt = %(attempt)s AND m.status = 'UNKNOWN'
RETURNING {RETURNED}
"""

TOO_LATE = """
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
       OR (m.type IN ('INITIAL', 'REMINDER') AND m.created_at < %(now)s - %(oldest)s))
"""


@dataclass(frozen=True)
class Lost:
    id: UUID
    attempt: int
    channel: str
    content: str
    claimed_at: datetime
    sender: str
    resend_unknown: bool
    address: str


def sweep_unsettled(*, now: datetime | None = None) -> None:
    now = now or timezone.now()
    _execute(LAPSED, now=now)
    for lost, trace in asyncio.run(_look_up(_unanswered(now))):
        resolve(lost, trace, now=now)
    try_again(now=now)
    _execute(TOO_LATE, now=now, oldest=OLDEST_USEFUL_ASK, confirmed_within=CONFIRMED_WITHIN)


def resolve(lost: Lost, trace: ProviderTrace, *, now: datetime) -> None:
    """Found: it was sent. Not found after ten minutes: once more, where the clinic wants that, and
    again after the next silence, for a worker may die twice with the same message in its hands."""
    if any(_is_ours_now(lost, external_id, now) for external_id in trace.external_ids):
        return
    if now - lost.claimed_at < settings.DISPATCH_SILENCE:
        return
    if trace.can_tell:
        again = lost.resend_unknown and lost.attempt < TRIES_WITHOUT_TRACE
        _give_up(lost, again=again, was_sent=False, now=now)
    elif lost.channel == "EMAIL" or not lost.address:
        _give_up(lost, again=False, was_sent=True, now=now)


def try_again(*, now: datetime | None = None) -> int:
    """After a failure that may pass, or by SMS when WhatsApp cannot."""
    now = now or timezone.now()
    with tenancy.platform("sweep"):
        failed = (
            Message.objects.filter(status="FAILED", error_code__in=RETRIED)
            .filter(updated_at__gt=now - timedelta(days=1))
            .order_by("updated_at")
            .select_for_update(skip_locked=True)[:BATCH]
        )
        return sum(_one_more(message, now) for message in failed)


def _one_more(message: Message, now: datetime) -> bool:
    consequence = meaning_of(message.error_code).consequence
    if consequence not in TRIES:
        return fallbacks.try_sms(message.pk)
    tries, wait = TRIES[consequence]
    if message.attempt >= tries or now < message.updated_at + wait:
        return False
    message.status = "PENDING"
    message.external_id = None
    message.next_attempt_at = now
    message.save(update_fields=["status", "external_id", "next_attempt_at", "updated_at"])
    return True


def _unanswered(now: datetime) -> list[Lost]:
    with tenancy.platform("sweep"):
        found = sql.fetch(UNANSWERED, now=now, lease=settings.DISPATCH_LEASE, limit=BATCH)
    return [Lost(**row) for row in found]


async def _look_up(unanswered: list[Lost]) -> list[tuple[Lost, ProviderTrace]]:
    channels = {
        name: CHANNELS[name](connections=10) for name in {lost.channel for lost in unanswered}
    }
    try:
        traces = await asyncio.gather(
            *(_trace(channels[lost.channel], lost) for lost in unanswered)
        )
    finally:
        for channel in channels.values():
            await channel.close()
    return list(zip(unanswered, traces, strict=True))


async def _trace(channel: ChannelClient, lost: Lost) -> ProviderTrace:
    if not lost.address:
        # Erased meanwhile, and to ask for nobody's messages would find everybody's.
        return ProviderTrace(can_tell=False)
    return await channel.trace(
        sender=lost.sender, to=lost.address, body=lost.content, since=lost.claimed_at
    )


def _is_ours_now(lost: Lost, external_id: str, now: datetime) -> bool:
    """Two of our messages never share one of theirs: what another has is not this one's trace."""
    try:
        with tenancy.platform("sweep"):
            found = sql.fetch(
                FOUND,
                id=lost.id,
                attempt=lost.attempt,
                external_id=external_id,
                claimed_at=lost.claimed_at,
                now=now,
            )
            enqueue_events(event_from_row("message.sent", row) for row in found if row["is_first"])
            return bool(found)
    except IntegrityError:
        return False


def _give_up(lost: Lost, *, again: bool, was_sent: bool, now: datetime) -> None:
    why = "no answer, and nobody to ask" if was_sent else "the provider has no trace of it"
    with tenancy.platform("sweep"):
        given_up = sql.fetch(
            NO_TRACE, id=lost.id, attempt=lost.attempt, again=again, why=why, now=now
        )
        enqueue_events(
            event_from_row("message.failed", row) for row in given_up if row["status"] == "FAILED"
        )
        if not was_sent:
            release_batch(Counter(row["workspace_id"] for row in given_up))


def _execute(statement: str, **values: Any) -> int:
    with tenancy.platform("sweep"):
        return sql.execute(statement, **values)
