"""Which asks would be a second one, because the address was asked through another patient's row.

The planner sees that by the other row. When retention emptied it while this patient came in, only a
past ask with the digest of the address is left (`patients.past_asks`).
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from core import sql
from patients import eligibility

# By the unique key of past asks. When the phone of this row was changed and changed back, its own
# ask is a past ask with the same time, and does not count.
FIND = f"""
SELECT DISTINCT d.id
FROM unnest(%(ids)s::uuid[], %(workspaces)s::uuid[], %(digests)s::text[],
            %(appointments)s::timestamptz[], %(asked)s::timestamptz[])
     AS d(id, workspace_id, digest, appointment_time, asked_at)
JOIN workspaces_workspace w ON w.id = d.workspace_id
WHERE EXISTS (
    SELECT FROM patients_pastask past
    WHERE past.workspace_id = d.workspace_id AND past.digest = d.digest
      AND past.asked_at < d.asked_at
      AND (past.asked_at > d.asked_at - {eligibility.REST}
           OR past.appointment_time = d.appointment_time))
"""


def find_asked_lately(rows: Iterable[Mapping[str, Any]]) -> set[UUID]:
    """Return the asks to addresses that were asked already. The rows are those of the claim."""
    checked = [
        (row["id"], row["workspace_id"], digest, row["appointment_time"], row["asked_at"])
        for row in rows
        if row["type"] == "INITIAL" and row["attempt"] == 0 and row["asked_at"]
        for digest in row["digests"].values()
    ]
    if not checked:
        return set()
    ids, workspaces, digests, appointments, asked = map(list, zip(*checked, strict=True))
    asked_lately = sql.fetch(
        FIND,
        ids=ids,
        workspaces=workspaces,
        digests=digests,
        appointments=appointments,
        asked=asked,
    )
    return {row["id"] for row in asked_lately}
