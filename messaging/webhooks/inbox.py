"""Twilio's calls and mail reports: stored before they are answered, read in a fixed order later."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.utils import timezone

from core import tenancy
from core.sql import execute, fetch
from core.webhook_intake import calls
from core.webhook_intake.calls import MAX_KEY, PRUNED_AT_ONCE, StoredCall
from messaging import task_queue
from messaging.webhooks.fields import Fields, text

TWILIO = "twilio"
# Calls of any provider that is not listed here would never be pruned.
PROVIDERS = (TWILIO, "mail", "sendgrid", "mailgun")
STATUS, INBOUND, MAIL_REPORT = "status", "inbound", "mail report"
NO_SUCH_MESSAGE = "no such message"
# A receipt can arrive before the message's SID is committed; it is matched within this time.
MATCHED_FOR = timedelta(minutes=10)
# Long after Twilio's last repetition. Calls with an error stay until somebody has looked at them.
KEPT_FOR, FAILED_KEPT_FOR = timedelta(days=7), timedelta(days=60)

OLDEST_STATUSES = """
SELECT id, created_at, provider, kind, key, payload FROM core_incomingwebhook
WHERE processed_at IS NULL AND provider = 'twilio' AND kind = 'status'
ORDER BY id
LIMIT %(limit)s
FOR UPDATE SKIP LOCKED
"""

# Opt-outs and ratings are short. They are read before long texts, so that a flood of long ones,
# which also take longer to read, does not delay a STOP.
SHORT_TEXT = 40

# The texts of one person are read in the order in which they came, by any number of workers.
OLDEST_INBOUND = """
SELECT call.id, call.created_at, call.provider, call.kind, call.key, call.payload
FROM core_incomingwebhook call
WHERE call.processed_at IS NULL AND call.provider = 'twilio' AND call.kind = 'inbound'
  AND (%(max_length)s::int IS NULL
       OR length(coalesce(call.payload->'fields'->>'Body', '')) <= %(max_length)s)
  AND NOT EXISTS (
      SELECT FROM core_incomingwebhook earlier
      WHERE earlier.processed_at IS NULL AND earlier.kind = 'inbound' AND earlier.id < call.id
        AND earlier.payload->'fields'->>'From' = call.payload->'fields'->>'From')
ORDER BY call.id
LIMIT 1
FOR UPDATE OF call SKIP LOCKED
"""

# Bounces and complaints of every provider: their order does not matter.
OLDEST_MAIL_REPORT = """
SELECT id, created_at, provider, kind, key, payload FROM core_incomingwebhook
WHERE processed_at IS NULL AND kind = 'mail report'
ORDER BY id
LIMIT 1
FOR UPDATE SKIP LOCKED
"""

MATCH_AGAIN = """
UPDATE core_incomingwebhook call SET processed_at = NULL, error = ''
FROM messaging_message message
WHERE call.error = %(error)s AND call.created_at > %(since)s
  AND message.id = (call.payload->>'message')::uuid
"""


def store_status(fields: Fields, *, message: UUID, attempt: int | None) -> None:
    status, code = text(fields, "MessageStatus"), text(fields, "ErrorCode")
    payload = {"message": str(message), "attempt": attempt, "fields": fields}
    calls.store(provider=TWILIO, kind=STATUS, key=_key(fields, status, code), payload=payload)


def store_inbound(fields: Fields) -> None:
    payload = {"fields": fields}
    calls.store(provider=TWILIO, kind=INBOUND, key=_key(fields, "received"), payload=payload)
    task_queue.queue_webhook_processing()


def store_mail_report(
    payload: Mapping[str, object], *, provider: str, key: str, message: UUID
) -> None:
    """Store a bounce or complaint. By `message` a report waits for its message and an erasure
    finds the report."""
    if provider not in PROVIDERS:
        raise ValueError(f"Calls of {provider} are not pruned: add it to PROVIDERS.")
    payload = {"message": str(message), **payload}
    calls.store(provider=provider, kind=MAIL_REPORT, key=key, payload=payload)


def _key(fields: Fields, *parts: str) -> str:
    """Return the same key for a repeated call, and another one for a later status.

    It uses signed fields only. Twilio's idempotency token is a header and not signed: with it in
    the key, one captured call could be sent again under any number of tokens and stored each time.
    """
    sid = text(fields, "MessageSid") or text(fields, "SmsSid")
    if not sid:
        return sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()
    key = ":".join([sid, *filter(None, parts)])
    return key if len(key) <= MAX_KEY else sha256(key.encode()).hexdigest()


def lock_oldest_statuses(limit: int) -> list[StoredCall]:
    """Lock and return the oldest receipts until the transaction ends."""
    return [calls.from_row(row) for row in fetch(OLDEST_STATUSES, limit=limit)]


def lock_oldest_inbound() -> StoredCall | None:
    """Lock and return the oldest short text that waits, or else the oldest of any length."""
    rows = fetch(OLDEST_INBOUND, max_length=SHORT_TEXT) or fetch(OLDEST_INBOUND, max_length=None)
    return next(map(calls.from_row, rows), None)


def lock_oldest_mail_report() -> StoredCall | None:
    return next(map(calls.from_row, fetch(OLDEST_MAIL_REPORT)), None)


def fields_of(call: StoredCall) -> Fields:
    fields: Fields = call.payload["fields"]
    return fields


def match_again() -> int:
    """Reopen receipts that came before their message was stored. Return how many."""
    with tenancy.platform("twilio webhook"):
        return execute(MATCH_AGAIN, error=NO_SUCH_MESSAGE, since=timezone.now() - MATCHED_FOR)


def prune(*, now: datetime | None = None, batch_size: int = PRUNED_AT_ONCE) -> int:
    """Delete old calls: what patients wrote must not stay here longer than needed."""
    return calls.prune(
        PROVIDERS,
        keep_for=KEPT_FOR,
        keep_failed_for=FAILED_KEPT_FOR,
        now=now,
        batch_size=batch_size,
    )
