"""The outbox: an event is stored in the transaction of the change that causes it."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from core.ids import uuid7
from core.registry import declared_by_apps
from core.sql import execute, fetch
from workspaces import entitlements
from workspaces.models import Feature

# The only query for a clinic without endpoints. The lock keeps endpoints from being removed while
# deliveries are added to them, and does not conflict with the lock of the delivery worker.
FIND_SUBSCRIBERS = f"""
SELECT e.id, e.workspace_id, e.events
FROM integrations_webhookendpoint e JOIN workspaces_workspace w ON w.id = e.workspace_id
WHERE e.workspace_id = ANY(%(workspaces)s) AND e.events && %(events)s::varchar[]
  AND e.disabled_at IS NULL AND {entitlements.has_feature_sql(Feature.WEBHOOKS)}
ORDER BY e.id
FOR KEY SHARE OF e
"""  # noqa: S608 - of constants

# The default of `position` is evaluated after ORDER BY, so positions follow the order of events.
# Two events of one row are numbered as they happened: the second waits for the lock of the first.
INSERT_DELIVERIES = """
INSERT INTO integrations_webhookdelivery
    (id, created_at, updated_at, workspace_id, endpoint_id, event, data, status, attempts_made)
SELECT v.id, %(now)s, %(now)s, v.workspace_id, v.endpoint_id, v.event, v.data, 'WAITING', 0
FROM unnest(%(ids)s::uuid[], %(workspaces)s::uuid[], %(endpoints)s::uuid[], %(events)s::text[],
            %(data)s::jsonb[])
     WITH ORDINALITY AS v(id, workspace_id, endpoint_id, event, data, number)
ORDER BY v.number
"""


@dataclass(frozen=True)
class OutgoingEvent:
    """`data` should hold only ids, states and times, because it stays in a log for a month."""

    event: str
    workspace_id: UUID
    data: Mapping[str, Any]

    def __post_init__(self) -> None:
        if self.event not in declared_by_apps("webhook_events"):
            raise ValueError(f"No app declares the webhook event {self.event}.")


def enqueue_event(event: str, *, workspace_id: UUID, data: Mapping[str, Any]) -> None:
    enqueue_events([OutgoingEvent(event, workspace_id, data)])


def enqueue_events(events: Iterable[OutgoingEvent]) -> None:
    """Store a delivery for every endpoint that subscribed, in the order of the events.

    The caller has opened the workspaces of all events (see `core.tenancy`).
    """
    queued = list(events)
    if not queued:
        return
    subscribers = _find_subscribers(queued)
    deliveries = [
        (endpoint, event)
        for event in queued
        for endpoint in subscribers[event.workspace_id, event.event]
    ]
    if deliveries:
        execute(
            INSERT_DELIVERIES,
            ids=[uuid7() for _ in deliveries],
            workspaces=[event.workspace_id for _endpoint, event in deliveries],
            endpoints=[endpoint for endpoint, _event in deliveries],
            events=[event.event for _endpoint, event in deliveries],
            data=[json.dumps(event.data, default=_to_json) for _endpoint, event in deliveries],
            now=timezone.now(),
        )


def _to_json(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _find_subscribers(events: list[OutgoingEvent]) -> Mapping[tuple[UUID, str], list[UUID]]:
    """Return the ids of enabled endpoints by workspace and event."""
    subscribers: dict[tuple[UUID, str], list[UUID]] = defaultdict(list)
    for row in fetch(
        FIND_SUBSCRIBERS,
        workspaces=list({event.workspace_id for event in events}),
        events=list({event.event for event in events}),
        now=timezone.now(),
    ):
        for event in row["events"]:
            subscribers[row["workspace_id"], event].append(row["id"])
    return subscribers
