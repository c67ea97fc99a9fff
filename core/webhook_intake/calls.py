"""Store incoming webhooks, take them for processing, record the result, and prune old ones."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from core import tenancy
from core.ids import first_id, uuid7
from core.models import IncomingWebhook
from core.sql import delete_in_batches, execute, fetch

# How long a worker has for a leased call; after that, or after a failure, any worker may retry it.
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=2), timedelta(hours=6)
MAX_ATTEMPTS = 20  # about three days; a call that still fails then waits for a person
MAX_KEY = 128
MAX_ERROR = 300
PRUNED_AT_ONCE = 5000

# Opens platform access in the same statement: one round trip instead of five before the provider
# has its answer.
STORE = """
WITH door AS MATERIALIZED (SELECT set_config('app.platform', %(reason)s, true))
INSERT INTO core_incomingwebhook
    (id, created_at, updated_at, provider, kind, key, payload, processed_at, error, attempts,
     next_try_at)
SELECT %(id)s, %(now)s, %(now)s, %(provider)s, %(kind)s, %(key)s, %(payload)s::jsonb,
       %(processed_at)s, '', 0, %(next_try_at)s
FROM door
ON CONFLICT (provider, key) DO NOTHING
"""

# The lease is the time of the next attempt, so a call whose worker died comes back by itself.
LEASE_NEXT = """
UPDATE core_incomingwebhook SET attempts = attempts + 1, updated_at = %(now)s,
    next_try_at = CASE WHEN attempts + 1 < %(max_attempts)s
        THEN %(now)s + least(%(first_pause)s * power(2, attempts), %(longest_pause)s) END
WHERE id = (
    SELECT id FROM core_incomingwebhook
    WHERE provider = %(provider)s AND processed_at IS NULL AND next_try_at <= %(now)s
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
RETURNING id, created_at, provider, kind, key, payload
"""

MARK_PROCESSED = """
UPDATE core_incomingwebhook call
SET processed_at = %(now)s, updated_at = %(now)s, next_try_at = NULL, error = result.error
FROM unnest(%(ids)s::uuid[], %(errors)s::text[]) AS result(id, error)
WHERE call.id = result.id
"""

MARK_FAILED = """
UPDATE core_incomingwebhook SET error = %(error)s, updated_at = %(now)s
WHERE id = %(id)s AND processed_at IS NULL
"""

# Ids grow with time, so the oldest rows are found by the primary key.
PRUNE = """
DELETE FROM core_incomingwebhook WHERE id IN (
    SELECT id FROM core_incomingwebhook
    WHERE id < %(before)s AND processed_at IS NOT NULL
      AND (error = '' OR id < %(failed_before)s) AND provider = ANY(%(providers)s)
    ORDER BY id LIMIT %(limit)s)
"""


@dataclass(frozen=True)
class StoredCall:
    id: UUID
    at: datetime
    provider: str
    kind: str
    key: str
    payload: Mapping[str, Any]


def store(
    *,
    provider: str,
    kind: str,
    key: str,
    payload: Mapping[str, Any],
    next_try_at: datetime | None = None,
    processed_at: datetime | None = None,
) -> bool:
    """Store a verified call. Return False if it was stored before.

    Pass `next_try_at` for calls that `lease_next` hands out, and `processed_at` for calls that
    are stored for the record only.
    """
    return bool(
        execute(
            STORE,
            reason=f"{provider} webhook",
            id=uuid7(),
            now=timezone.now(),
            provider=provider,
            kind=kind,
            key=key,
            payload=_as_json(payload),
            next_try_at=next_try_at,
            processed_at=processed_at,
        )
    )


def lease_next(provider: str, *, now: datetime) -> StoredCall | None:
    """Return the oldest call that is due, and keep other workers from it for a while."""
    with tenancy.platform(f"{provider} webhook"):
        rows = fetch(
            LEASE_NEXT,
            provider=provider,
            now=now,
            max_attempts=MAX_ATTEMPTS,
            first_pause=FIRST_PAUSE,
            longest_pause=LONGEST_PAUSE,
        )
    return from_row(rows[0]) if rows else None


def mark_processed(errors: Mapping[UUID, str]) -> None:
    """Record that these calls need no more work, each with what was wrong with it or "".

    Call it in the transaction that has the effect, with platform access.
    """
    execute(
        MARK_PROCESSED,
        ids=list(errors),
        errors=[error[:MAX_ERROR] for error in errors.values()],
        now=timezone.now(),
    )


def mark_failed(call: StoredCall, error: str) -> None:
    """Record why an attempt failed. The call is due again when its lease ends."""
    with tenancy.platform(f"{call.provider} webhook"):
        execute(MARK_FAILED, id=call.id, error=error[:MAX_ERROR], now=timezone.now())


def replay(call: IncomingWebhook) -> None:
    """Make a call due again, as if it had just come."""
    call.processed_at, call.error, call.attempts = None, "", 0
    call.next_try_at = timezone.now()
    call.save()


def prune(
    providers: Sequence[str],
    *,
    keep_for: timedelta,
    keep_failed_for: timedelta | None = None,
    now: datetime | None = None,
    batch_size: int = PRUNED_AT_ONCE,
) -> int:
    """Delete old processed calls of these providers in batches. Return how many were deleted.

    Calls that still wait are never deleted. Those processed with an error can be kept longer, for
    platform staff to look at.
    """
    now = now or timezone.now()
    before, failed_before = first_id(now - keep_for), first_id(now - (keep_failed_for or keep_for))
    return delete_in_batches(
        PRUNE,
        reason="pruning webhooks",
        batch=batch_size,
        providers=list(providers),
        before=before,
        failed_before=failed_before,
    )


def from_row(row: Mapping[str, Any]) -> StoredCall:
    """Make a StoredCall of a row that has all of its columns."""
    payload = row["payload"]
    return StoredCall(
        id=row["id"],
        at=row["created_at"],
        provider=row["provider"],
        kind=row["kind"],
        key=row["key"],
        payload=json.loads(payload) if isinstance(payload, str) else payload,
    )


def _as_json(payload: Mapping[str, Any]) -> str:
    """PostgreSQL's jsonb accepts neither NUL nor half a surrogate pair."""
    text = json.dumps(payload, ensure_ascii=False)
    return text.replace(r"\u0000", r"\ufffd").encode(errors="replace").decode()
