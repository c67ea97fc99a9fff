"""Which messages a doubtful text holds back, until a person has decided about it.

Asked by digest and after the claim has locked the patients: a hold that was being written meanwhile
has committed by then, and a statement of its own sees it.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from campaigns.timing import OLDEST_USEFUL_ASK
from core import sql
from patients import consent
from templates_app.models import MessageType

HELD = "held"
TOO_OLD = "too old"
# A held message stays PENDING, and is looked at again after so long.
LOOKED_AT_AGAIN = timedelta(minutes=1)
# Staff write these themselves; and a clear BAJA, which is confirmed, ends every doubt.
NEVER_HELD = (MessageType.ANSWER, MessageType.CONFIRM_STOP)

# One probe of a unique index an address. A clinic's own row decides for it; without one, what was
# said to the sender that it shares with others. After a release only what is still timely goes.
FIND = """
SELECT theirs.id, NOT bool_or(coalesce(own.decision = '', false) OR other.is_held) AS is_released
FROM unnest(%(ids)s::uuid[], %(workspaces)s::uuid[], %(digests)s::text[],
            %(created)s::timestamptz[]) AS theirs(id, workspace_id, digest, created_at)
LEFT JOIN patients_hold own
    ON own.workspace_id = theirs.workspace_id AND own.digest = theirs.digest
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT FROM patients_hold h
        WHERE h.digest = theirs.digest AND h.said_to = %(sender)s AND h.decision = ''
          AND (own.id IS NULL OR own.decided_at < h.since)) AS is_held
) other
WHERE own.decision = ''
   OR other.is_held
   OR (own.decision = 'GO_ON' AND own.decided_at > theirs.created_at
       AND theirs.created_at < %(now)s - %(oldest)s)
GROUP BY theirs.id
"""

WAIT = """
UPDATE messaging_message SET next_attempt_at = %(until)s
WHERE id = ANY(%(ids)s) AND status = 'PENDING'
"""


def reasons(
    rows: Iterable[Mapping[str, Any]], *, sender_id: object, now: datetime
) -> dict[object, str]:
    """By message, HELD for those that wait and TOO_OLD for those that waited too long."""
    theirs = [
        (row["id"], row["workspace_id"], consent.hash_address(address), row["created_at"])
        for row in rows
        for address in (row["phone"], row["email"])
        if address and row["type"] not in NEVER_HELD
    ]
    if not theirs:
        return {}
    ids, workspaces, digests, created = map(list, zip(*theirs, strict=True))
    found = sql.fetch(
        FIND,
        ids=ids,
        workspaces=workspaces,
        digests=digests,
        created=created,
        sender=sender_id,
        now=now,
        oldest=OLDEST_USEFUL_ASK,
    )
    return {row["id"]: TOO_OLD if row["is_released"] else HELD for row in found}


def put_off(rows: Iterable[Mapping[str, Any]], *, now: datetime) -> None:
    """Let these wait behind what may go, or the claim would find nothing but them."""
    if ids := [row["id"] for row in rows]:
        sql.execute(WAIT, ids=ids, until=now + LOOKED_AT_AGAIN)
