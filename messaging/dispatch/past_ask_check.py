"""The last look before an ask leaves: was this address asked through a row that was emptied since?

The planner knows that by the patient's row. It may not know yet when retention emptied the other
row while this one came in. Only a digest is left then, which the database cannot compute.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from core import sql
from patients import consent

# By the unique key of past asks. An ask of this very row, whose phone was changed and changed back,
# has the same moment and does not count.
ASKED = """
SELECT DISTINCT theirs.id
FROM unnest(%(ids)s::uuid[], %(workspaces)s::uuid[], %(digests)s::text[],
            %(appointments)s::timestamptz[], %(asked)s::timestamptz[])
     AS theirs(id, workspace_id, digest, appointment_time, asked_at)
JOIN workspaces_workspace w ON w.id = theirs.workspace_id
WHERE EXISTS (
    SELECT FROM patients_pastask past
    WHERE past.workspace_id = theirs.workspace_id AND past.digest = theirs.digest
      AND past.asked_at < theirs.asked_at
      AND (past.asked_at > theirs.asked_at - w.ask_again_after_days * interval '1 day'
           OR past.appointment_time = theirs.appointment_time))
"""


def among(rows: Iterable[Mapping[str, Any]]) -> set[UUID]:
    """Which of these asks would be a second one."""
    theirs = [
        (
            *(row["id"], row["workspace_id"], consent.hash_address(address)),
            *(row["appointment_time"], row["asked_at"]),
        )
        for row in rows
        if row["type"] == "INITIAL" and row["attempt"] == 0 and row["asked_at"]
        for address in (row["phone"], row["email"])
        if address
    ]
    if not theirs:
        return set()
    ids, workspaces, digests, appointments, asked = map(list, zip(*theirs, strict=True))
    found = sql.fetch(
        ASKED,
        ids=ids,
        workspaces=workspaces,
        digests=digests,
        appointments=appointments,
        asked=asked,
    )
    return {row["id"] for row in found}
