"""An event is written down in the transaction that makes it happen, or not at all."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from workspaces.announcing.rights import MAY_BE_TOLD, plans_that_may
from workspaces.ids import uuid7
from workspaces.models import Event
from workspaces.sql import execute, fetch

# All that an event costs a clinic that listens to nothing. What is found is held until the end of
# the transaction, so that nobody removes an endpoint while something is written for it; the one
# that delivers is not kept waiting by this.
LISTENING = f"""
SELECT e.id, e.workspace_id, e.events
FROM workspaces_endpoint e JOIN workspaces_workspace w ON w.id = e.workspace_id
WHERE e.workspace_id = ANY(%(workspaces)s) AND e.events && %(events)s::varchar[]
  AND e.disabled_at IS NULL AND {MAY_BE_TOLD}
ORDER BY e.id
FOR KEY SHARE OF e
"""  # noqa: S608 - of constants

# Numbered as they are sorted: defaults are worked out last. Two events of one thing are numbered in
# the order in which they happened, because the second waits for the lock of the first.
WRITE = """
INSERT INTO workspaces_announcement
    (id, created_at, updated_at, workspace_id, endpoint_id, event, data, status, attempts_made)
SELECT v.id, %(now)s, %(now)s, v.workspace_id, v.endpoint_id, v.event, v.data, 'WAITING', 0
FROM unnest(%(ids)s::uuid[], %(workspaces)s::uuid[], %(endpoints)s::uuid[], %(events)s::text[],
            %(data)s::jsonb[])
     WITH ORDINALITY AS v(id, workspace_id, endpoint_id, event, data, number)
ORDER BY v.number
"""


@dataclass(frozen=True)
class Happening:
    """`data` has ids, states and times: what is announced may lie in a log for a month."""

    event: Event
    workspace_id: UUID
    data: Mapping[str, Any]


def announce(event: Event, *, workspace_id: UUID, data: Mapping[str, Any]) -> None:
    announce_many([Happening(event, workspace_id, data)])


def announce_many(happenings: Iterable[Happening]) -> None:
    """In this order. The caller holds a door to every workspace in it."""
    happened = list(happenings)
    if not happened:
        return
    listening = _listening(happened)
    told = [
        (endpoint, one)
        for one in happened
        for endpoint in listening[one.workspace_id, one.event.value]
    ]
    if told:
        execute(
            WRITE,
            ids=[uuid7() for _ in told],
            workspaces=[one.workspace_id for _endpoint, one in told],
            endpoints=[endpoint for endpoint, _one in told],
            events=[one.event.value for _endpoint, one in told],
            data=[json.dumps(one.data, default=_plain) for _endpoint, one in told],
            now=timezone.now(),
        )


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _listening(happened: list[Happening]) -> Mapping[tuple[UUID, str], list[UUID]]:
    found: dict[tuple[UUID, str], list[UUID]] = defaultdict(list)
    for row in fetch(
        LISTENING,
        workspaces=list({one.workspace_id for one in happened}),
        events=list({one.event.value for one in happened}),
        plans=plans_that_may(),
        now=timezone.now(),
    ):
        for event in row["events"]:
            found[row["workspace_id"], event].append(row["id"])
    return found
