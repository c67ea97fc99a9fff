"""Which messages go to an address that was erased for good, should a list bring it in again.

Only the digest of such an address is left. The claim compares the others by address.
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from core import sql
from patients import suppressions
from templates_app.models import MessageType

# Two probes of unique indexes for each address. A confirmed opt-out suppresses the address, so its
# confirmation is only stopped by an erasure.
FIND = f"""
SELECT DISTINCT d.id
FROM unnest(%(ids)s::uuid[], %(workspaces)s::uuid[], %(digests)s::text[], %(confirms)s::bool[])
     AS d(id, workspace_id, digest, confirms_opt_out)
WHERE CASE WHEN d.confirms_opt_out
      THEN EXISTS (SELECT FROM patients_suppression s
                   WHERE s.workspace_id = d.workspace_id AND s.digest = d.digest
                     AND s.reason = 'ERASURE')
      ELSE {suppressions.IS_SUPPRESSED_BY_DIGEST} END
   OR EXISTS (SELECT FROM messaging_senderstop st
              WHERE st.sender_id = %(sender)s AND st.address = d.digest)
"""


def find_erased(rows: Iterable[Mapping[str, Any]], *, sender_id: UUID) -> set[UUID]:
    """Return the messages to somebody who was erased. The rows are those of the claim."""
    checked = [
        (row["id"], row["workspace_id"], digest, row["type"] == MessageType.CONFIRM_STOP)
        for row in rows
        for digest in row["digests"].values()
    ]
    if not checked:
        return set()
    ids, workspaces, digests, confirms = map(list, zip(*checked, strict=True))
    erased = sql.fetch(
        FIND, ids=ids, workspaces=workspaces, digests=digests, confirms=confirms, sender=sender_id
    )
    return {row["id"] for row in erased}
