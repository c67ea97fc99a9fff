"""How many strangers a clinic may write to before it is trusted: counted, and never exceeded.

A stranger is an address that no member of the clinic has proved to hold.
"""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils import timezone

from core import sql
from patients import consent
from workspaces.models import Workspace
from workspaces.vetting import limits
from workspaces.vetting.trust import Trust, trust_of

# In the order of all who lock the balances of several workspaces (`claiming.PAY` is the next to),
# so that two never wait for each other. Who holds these rows counts alone.
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
    """What a clinic that is not fully trusted may do, and what it has done of it."""

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


def lock_stranger_counts(workspaces: Collection[UUID]) -> None:
    """Let nobody else count or spend for these workspaces until the transaction ends."""
    sql.fetch(LOCK, workspaces=list(workspaces))


def admit_strangers(
    wanted: Collection[tuple[UUID, str]], *, trust: Mapping[UUID, Trust], now: datetime
) -> set[tuple[UUID, str]]:
    """Return those of the addresses that may be written to; the first ones get what room there is.

    The caller holds the lock of every workspace in `trust`.
    """
    digests = {one: consent.hash_address(one[1]) for one in wanted}
    known = _known({(workspace, digest) for (workspace, _), digest in digests.items()})
    left = {workspace: room.left for workspace, room in _rooms(trust, now=now).items()}
    admitted, new = set(), list[tuple[UUID, str]]()
    for one, digest in digests.items():
        key = (one[0], digest)
        if key not in known and left[one[0]] > 0:
            left[one[0]] -= 1
            known.add(key)
            new.append(key)
        if key in known:
            admitted.add(one)
    if new:
        workspaces, added = map(list, zip(*new, strict=True))
        sql.execute(ADD, workspaces=workspaces, digests=added, now=now)
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
