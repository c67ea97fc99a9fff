"""Whoever was erased for good is known by a digest alone, which the database cannot work out: what
is compared by address elsewhere is compared by digest here, should the address ever come back."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from core import sql
from patients import consent

# Two probes of unique indexes an address. The confirmation of an opt-out is sent despite it.
HELD_BACK = """
SELECT DISTINCT theirs.id
FROM unnest(%(ids)s::uuid[], %(workspaces)s::uuid[], %(digests)s::text[])
     AS theirs(id, workspace_id, digest)
JOIN messaging_message m ON m.id = theirs.id
WHERE EXISTS (SELECT FROM patients_suppression s
              WHERE s.workspace_id = theirs.workspace_id AND s.digest = theirs.digest
                AND (m.type <> 'CONFIRM_STOP' OR s.reason = 'ERASURE'))
   OR EXISTS (SELECT FROM messaging_senderstop st
              WHERE st.sender_id = %(sender)s AND st.address = theirs.digest)
"""


def among(rows: Iterable[Mapping[str, Any]], *, sender_id: UUID) -> set[UUID]:
    """Which of these messages are to somebody who was erased."""
    theirs = [
        (row["id"], row["workspace_id"], consent.hash_address(address))
        for row in rows
        for address in (row["phone"], row["email"])
        if address
    ]
    if not theirs:
        return set()
    ids, workspaces, digests = map(list, zip(*theirs, strict=True))
    found = sql.fetch(HELD_BACK, ids=ids, workspaces=workspaces, digests=digests, sender=sender_id)
    return {row["id"] for row in found}
