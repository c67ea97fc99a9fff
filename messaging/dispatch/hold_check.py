"""Which messages are held back by a text that may be an opt-out, until a person has decided.

It runs after the claim has locked the patients. A hold that was being written meanwhile is
committed by then, and this later statement sees it. It compares digests, so an erasure changes
nothing.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from campaigns.timing import OLDEST_USEFUL_ASK
from core import sql
from templates_app.models import MessageType

HELD = "held"
TOO_OLD = "too old"
# A held message stays PENDING and is checked again after this time.
CHECK_AGAIN_AFTER = timedelta(minutes=1)
# Members write answers themselves. A confirmation follows a clear opt-out, which ends the doubt.
NEVER_HELD = (MessageType.ANSWER, MessageType.CONFIRM_STOP)

# One probe of a unique index for each address. The workspace's own hold decides; without one, that
# of another workspace about the sender that they share. After a release only recent messages go.
FIND = """
SELECT d.id, NOT bool_or(coalesce(own.decision = '', false) OR other.is_held) AS is_released
FROM unnest(%(ids)s::uuid[], %(workspaces)s::uuid[], %(digests)s::text[],
            %(created)s::timestamptz[]) AS d(id, workspace_id, digest, created_at)
LEFT JOIN patients_hold own
    ON own.workspace_id = d.workspace_id AND own.digest = d.digest
CROSS JOIN LATERAL (
    SELECT EXISTS (
        SELECT FROM patients_hold h
        WHERE h.digest = d.digest AND h.shared_sender_id = %(sender)s AND h.decision = ''
          AND (own.id IS NULL OR own.decided_at < h.since)) AS is_held
) other
WHERE own.decision = ''
   OR other.is_held
   OR (own.decision = 'GO_ON' AND own.decided_at > d.created_at
       AND d.created_at < %(now)s - %(oldest)s)
GROUP BY d.id
"""

WAIT = """
UPDATE messaging_message SET next_attempt_at = %(until)s
WHERE id = ANY(%(ids)s) AND status = 'PENDING'
"""


def find_held(
    rows: Iterable[Mapping[str, Any]], *, sender_id: UUID, now: datetime
) -> dict[UUID, str]:
    """Return HELD for the messages that must wait, and TOO_OLD for those that waited too long.

    The rows are those of the claim.
    """
    checked = [
        (row["id"], row["workspace_id"], digest, row["created_at"])
        for row in rows
        if row["type"] not in NEVER_HELD
        for digest in row["digests"].values()
    ]
    if not checked:
        return {}
    ids, workspaces, digests, created = map(list, zip(*checked, strict=True))
    held = sql.fetch(
        FIND,
        ids=ids,
        workspaces=workspaces,
        digests=digests,
        created=created,
        sender=sender_id,
        now=now,
        oldest=OLDEST_USEFUL_ASK,
    )
    return {row["id"]: TOO_OLD if row["is_released"] else HELD for row in held}


def put_off(rows: Iterable[Mapping[str, Any]], *, now: datetime) -> None:
    """Delay held messages, or each claim would find nothing but them."""
    if ids := [row["id"] for row in rows]:
        sql.execute(WAIT, ids=ids, until=now + CHECK_AGAIN_AFTER)
