"""Count the strangers that a clinic writes to before it is trusted, and enforce the limit.

A stranger is an address that no member of the clinic has proved to hold.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from core import sql
from patients.addresses import hash_address, normalize_address
from workspaces.models import Workspace
from workspaces.vetting import limits
from workspaces.vetting.trust import Trust, own_addresses, trust_of

# In the order of everyone who locks several workspaces (next: `claim_statements.PAY`), so there
# is no deadlock. Only the transaction that holds these rows may count.
LOCK = """
SELECT w.id FROM workspaces_workspace w
WHERE w.id = ANY(%(workspaces)s)
ORDER BY w.id
FOR UPDATE
"""

# By the unique index of a workspace's contacts, which are few.
KNOWN = """
SELECT f.workspace_id, f.digest
FROM unnest(%(workspaces)s::uuid[], %(digests)s::text[]) AS wanted(workspace_id, digest)
JOIN patients_firstcontact f USING (workspace_id, digest)
"""

COUNT = """
SELECT f.workspace_id, count(*) AS total,
       count(*) FILTER (WHERE f.created_at > %(since)s) AS lately
FROM patients_firstcontact f
WHERE f.workspace_id = ANY(%(workspaces)s)
GROUP BY f.workspace_id
"""

ADD = """
INSERT INTO patients_firstcontact (id, created_at, updated_at, workspace_id, digest)
SELECT uuid7(), %(now)s, %(now)s, workspace_id, digest
FROM unnest(%(workspaces)s::uuid[], %(digests)s::text[]) AS new(workspace_id, digest)
"""


@dataclass(frozen=True)
class StrangerRoom:
    """How many strangers a clinic may write to, and how many it has written to."""

    limit: int
    used: int

    @property
    def left(self) -> int:
        return max(0, self.limit - self.used)


def room_of(workspace: Workspace, *, now: datetime | None = None) -> StrangerRoom | None:
    """Return how many strangers there is room for, or None where there is no limit."""
    now = now or timezone.now()
    trust = trust_of(workspace, now=now)
    return None if trust is Trust.FULL else _rooms({workspace.pk: trust}, now=now)[workspace.pk]


def is_room_for(workspace: Workspace, address: str, *, now: datetime) -> bool:
    """Return whether a message to this address could leave now. Nothing is counted."""
    room = room_of(workspace, now=now)
    if room is None or room.left:
        return True
    if (workspace.pk, normalize_address(address)) in own_addresses([workspace.pk]):
        return True
    return bool(_known({(workspace.pk, hash_address(address))}))


def lock_stranger_counts(workspaces: Collection[UUID]) -> None:
    """Lock these workspaces, so that no other transaction counts or spends until this one ends."""
    sql.fetch(LOCK, workspaces=list(workspaces))


def admit_strangers(
    wanted: Collection[tuple[UUID, str]], *, trust: Mapping[UUID, Trust], now: datetime
) -> set[tuple[UUID, str]]:
    """Return which of these may be written to, and count the new ones.

    `wanted` has pairs of a workspace and the digest of an address. The first ones get the room that
    is left. The caller holds the lock of every workspace in `trust`.
    """
    admitted = _known(set(wanted))
    left = {workspace: room.left for workspace, room in _rooms(trust, now=now).items()}
    new = []
    for stranger in wanted:
        workspace_id, _digest = stranger
        if stranger not in admitted and left[workspace_id] > 0:
            left[workspace_id] -= 1
            admitted.add(stranger)
            new.append(stranger)
    if new:
        workspaces, digests = map(list, zip(*new, strict=True))
        sql.execute(ADD, workspaces=workspaces, digests=digests, now=now)
    return admitted


def _known(wanted: set[tuple[UUID, str]]) -> set[tuple[UUID, str]]:
    rows = sql.fetch(
        KNOWN,
        workspaces=[workspace for workspace, _ in wanted],
        digests=[digest for _, digest in wanted],
    )
    return {(row["workspace_id"], row["digest"]) for row in rows}


def _rooms(trust: Mapping[UUID, Trust], *, now: datetime) -> dict[UUID, StrangerRoom]:
    since = now - limits.A_DAY
    rows = sql.fetch(COUNT, workspaces=list(trust), since=since)
    total = Counter({row["workspace_id"]: row["total"] for row in rows})
    lately = Counter({row["workspace_id"]: row["lately"] for row in rows})
    return {
        workspace: StrangerRoom(limits.STRANGERS_BEFORE_TRUST, total[workspace])
        if level is Trust.NONE
        else StrangerRoom(limits.STRANGERS_A_DAY_IN_FIRST_DAYS, lately[workspace])
        for workspace, level in trust.items()
    }
