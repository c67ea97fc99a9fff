"""The inbox: a call is in it before it is answered, once, as it came, until it was understood."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from core import tenancy
from core.ids import uuid7
from core.sql import execute, fetch
from messaging import task_queue
from messaging.webhooks.fields import Fields, text

PROVIDER = "twilio"
STATUS, INBOUND, MAIL_REPORT = "status", "inbound", "mail report"
LONGEST_KEY = 128
NO_SUCH_MESSAGE = "no such message"
# A receipt that came before its message was stored finds it within moments or never.
MATCHED_LATER = timedelta(minutes=10)
# Long after the last repetition by Twilio; and what was not understood has been looked at by then.
UNDERSTOOD_FOR, LOOKED_AT_FOR = timedelta(days=7), timedelta(days=60)
PRUNED_AT_ONCE = 5000

# All that stands between Twilio and its answer. It opens the platform's door by itself, so that one
# round trip to the database does what would otherwise take five.
KEEP = """
WITH door AS MATERIALIZED (SELECT set_config('app.platform', 'twilio webhook', true))
INSERT INTO messaging_incomingwebhook
    (id, created_at, updated_at, provider, kind, key, payload, error)
SELECT %(id)s, %(now)s, %(now)s, %(provider)s, %(kind)s, %(key)s, %(payload)s::jsonb, ''
FROM door
ON CONFLICT (provider, key) DO NOTHING
"""

OLDEST_STATUSES = """
SELECT id, created_at AS at, payload FROM messaging_incomingwebhook
WHERE processed_at IS NULL AND provider = 'twilio' AND kind = 'status'
ORDER BY id
LIMIT %(limit)s
FOR UPDATE SKIP LOCKED
"""

# Opt-outs and ratings are short. They are read before long texts, so that a flood of long ones,
# which also take longer to read, does not delay a STOP.
SHORT = 40

# What one person wrote is read in the order in which it came, however many workers read.
OLDEST_INBOUND = """
SELECT event.id, event.created_at AS at, event.payload FROM messaging_incomingwebhook event
WHERE event.processed_at IS NULL AND event.provider = 'twilio' AND event.kind = 'inbound'
  AND (%(longest)s::int IS NULL
       OR length(coalesce(event.payload->'fields'->>'Body', '')) <= %(longest)s)
  AND NOT EXISTS (
      SELECT FROM messaging_incomingwebhook earlier
      WHERE earlier.processed_at IS NULL AND earlier.kind = 'inbound' AND earlier.id < event.id
        AND earlier.payload->'fields'->>'From' = event.payload->'fields'->>'From')
ORDER BY event.id
LIMIT 1
FOR UPDATE OF event SKIP LOCKED
"""

# Bounces and complaints, from whichever provider: no order matters between them.
OLDEST_MAIL_REPORT = """
SELECT id, created_at AS at, provider, payload FROM messaging_incomingwebhook
WHERE processed_at IS NULL AND kind = 'mail report'
ORDER BY id
LIMIT 1
FOR UPDATE SKIP LOCKED
"""

DONE = """
UPDATE messaging_incomingwebhook e
SET processed_at = %(now)s, updated_at = %(now)s, error = v.error
FROM unnest(%(ids)s::uuid[], %(errors)s::text[]) AS v(id, error)
WHERE e.id = v.id
"""

MATCH = """
UPDATE messaging_incomingwebhook e SET processed_at = NULL, error = ''
FROM messaging_message m
WHERE e.error = %(error)s AND e.created_at > %(since)s AND m.id = (e.payload->>'message')::uuid
"""

# Ids grow with time, so the oldest are found without an index of their own.
PRUNE = """
DELETE FROM messaging_incomingwebhook WHERE id IN (
    SELECT id FROM messaging_incomingwebhook
    WHERE id < %(older)s AND processed_at IS NOT NULL AND (error = '' OR id < %(much_older)s)
    ORDER BY id LIMIT %(limit)s)
"""


@dataclass(frozen=True)
class StoredCall:
    id: UUID
    at: datetime
    payload: Mapping[str, Any]

    @property
    def fields(self) -> Fields:
        fields: Fields = self.payload["fields"]
        return fields


def keep_status(fields: Fields, *, message: UUID, attempt: int | None) -> None:
    status, code = text(fields, "MessageStatus"), text(fields, "ErrorCode")
    payload = {"message": str(message), "attempt": attempt, "fields": fields}
    _keep(STATUS, _key(fields, status, code), json.dumps(payload))


def keep_inbound(fields: Fields) -> None:
    _keep(INBOUND, _key(fields, "received"), json.dumps({"fields": fields}))
    task_queue.queue_webhook_processing()


def keep_mail_report(
    payload: Mapping[str, object], *, provider: str, key: str, message: UUID
) -> None:
    """`message` lets a report wait for its message, and lets an erasure find the report."""
    _keep(MAIL_REPORT, key, json.dumps({"message": str(message), **payload}), provider=provider)


def _keep(kind: str, key: str, payload: str, *, provider: str = PROVIDER) -> None:
    values: dict[str, str | UUID | datetime] = {
        "id": uuid7(),
        "now": timezone.now(),
        "provider": provider,
        "kind": kind,
        "key": key,
        "payload": payload,
    }
    with connection.cursor() as cursor:
        cursor.execute(KEEP, values)


def _key(fields: Fields, *what: str) -> str:
    """What a repeated call has in common with the first; a later status is another call.

    Of signed fields alone. Twilio's idempotency token is a header and not signed: with it in the
    key, one captured call could be sent again under any number of tokens and stored each time.
    """
    sid = text(fields, "MessageSid") or text(fields, "SmsSid")
    if not sid:
        return sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()
    key = ":".join([sid, *filter(None, what)])
    return key if len(key) <= LONGEST_KEY else sha256(key.encode()).hexdigest()


def oldest_statuses(limit: int) -> list[StoredCall]:
    """Theirs alone who ask, until the transaction ends."""
    return [_event(row) for row in fetch(OLDEST_STATUSES, limit=limit)]


def oldest_inbound() -> StoredCall | None:
    """Return the oldest short text that waits. Without one, return the oldest of any length."""
    rows = fetch(OLDEST_INBOUND, longest=SHORT) or fetch(OLDEST_INBOUND, longest=None)
    return next(map(_event, rows), None)


def oldest_mail_report() -> tuple[str, StoredCall] | None:
    """With the provider, whose form it is in."""
    return next(((row["provider"], _event(row)) for row in fetch(OLDEST_MAIL_REPORT)), None)


def done(errors: Mapping[UUID, str]) -> None:
    """By event; an empty error is none."""
    execute(DONE, ids=list(errors), errors=list(errors.values()), now=timezone.now())


def match_again() -> int:
    with tenancy.platform("twilio webhook"):
        return execute(MATCH, error=NO_SUCH_MESSAGE, since=timezone.now() - MATCHED_LATER)


def prune(*, now: datetime | None = None, at_once: int = PRUNED_AT_ONCE) -> int:
    """What patients wrote stays here no longer than it takes to be sure of it."""
    now = now or timezone.now()
    older, much_older = (_first_id(now - kept) for kept in (UNDERSTOOD_FOR, LOOKED_AT_FOR))
    gone, last = 0, at_once
    while last == at_once:
        with tenancy.platform("twilio webhook"):
            last = execute(PRUNE, older=older, much_older=much_older, limit=at_once)
        gone += last
    return gone


def _first_id(at: datetime) -> UUID:
    return UUID(int=int(at.timestamp() * 1000) << 80)


def _event(row: dict[str, Any]) -> StoredCall:
    payload = row["payload"]
    return StoredCall(
        row["id"], row["at"], json.loads(payload) if isinstance(payload, str) else payload
    )
