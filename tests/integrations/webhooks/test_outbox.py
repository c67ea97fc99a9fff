"""What is written for whom, in the transaction of the event itself."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from core import tenancy
from integrations.models import DisableReason
from integrations.webhooks.events import subscribable_events
from integrations.webhooks.outbox import OutgoingEvent, enqueue_event, enqueue_events
from tests.factories import EntitlementFactory, WorkspaceFactory
from tests.integrations.webhooks.world import (
    create_endpoint,
    enqueue_numbers,
    list_deliveries,
    list_states,
)
from workspaces import entitlements
from workspaces.models import Feature, Plan

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("event", subscribable_events())
def test_endpoint_gets_only_the_events_it_subscribed_to(event: str) -> None:
    chose = create_endpoint(events=[event])
    others = [name for name in subscribable_events() if name != event]
    all_but = create_endpoint(
        "https://other.example.com/", workspace=chose.workspace, events=others
    )

    enqueue_numbers(chose.workspace_id, 1, event=event)

    assert [delivery.event for delivery in list_deliveries(chose)] == [event]
    assert list_deliveries(all_but) == []


def test_event_of_another_workspace_is_not_delivered() -> None:
    ours, theirs = create_endpoint(), create_endpoint()

    with tenancy.platform("test"):
        enqueue_events(
            OutgoingEvent("credits.low", workspace.workspace_id, {"number": number})
            for number, workspace in enumerate([ours, theirs, ours])
        )

    assert [number for number, _status in list_states(ours)] == [0, 2]
    assert [number for number, _status in list_states(theirs)] == [1]


def test_each_delivery_has_its_own_id() -> None:
    first = create_endpoint()
    second = create_endpoint("https://other.example.com/", workspace=first.workspace)

    enqueue_numbers(first.workspace_id, 1, 2)

    assert len({delivery.pk for delivery in list_deliveries(first) + list_deliveries(second)}) == 4


def test_disabled_endpoint_gets_no_delivery() -> None:
    endpoint = create_endpoint(disabled_at=timezone.now(), disabled_because=DisableReason.BY_HAND)

    enqueue_numbers(endpoint.workspace_id, 1)

    assert list_deliveries(endpoint) == []


def test_ids_and_times_become_text() -> None:
    endpoint, pk = create_endpoint(), uuid4()
    at = datetime(2026, 1, 2, 15, 4, 5, 678901, tzinfo=UTC)

    with tenancy.within(endpoint.workspace_id):
        enqueue_event(
            "credits.low", workspace_id=endpoint.workspace_id, data={"id": pk, "at": at, "no": None}
        )

    [announced] = list_deliveries(endpoint)
    assert announced.data == {
        "id": str(pk),
        "at": "2026-01-02T15:04:05.678901+00:00",
        "no": None,
    }


def test_rolled_back_event_is_not_enqueued() -> None:
    endpoint = create_endpoint()

    with pytest.raises(ZeroDivisionError), tenancy.within(endpoint.workspace_id):
        enqueue_event("credits.low", workspace_id=endpoint.workspace_id, data={"number": 1 / 1})
        raise ZeroDivisionError

    assert list_deliveries(endpoint) == []


@pytest.mark.parametrize(("listening", "statements"), [(False, 1), (True, 2)])
@pytest.mark.parametrize("many", [1, 40])
def test_batch_of_any_size_costs_the_same_queries(
    many: int, listening: bool, statements: int
) -> None:
    endpoint = create_endpoint(events=["credits.low" if listening else "import.finished"])
    happened = [OutgoingEvent("credits.low", endpoint.workspace_id, {}) for _ in range(many)]

    with tenancy.within(endpoint.workspace_id), CaptureQueriesContext(connection) as queries:
        enqueue_events(happened)

    assert len(queries) == statements


def test_no_events_cost_no_query() -> None:
    with CaptureQueriesContext(connection) as queries:
        enqueue_events([])

    assert len(queries) == 0


NOW = timezone.now()
PAST, FUTURE = NOW - timedelta(days=1), NOW + timedelta(days=1)


@pytest.mark.parametrize("plan", Plan)
@pytest.mark.parametrize(
    "right",
    [
        None,
        {"plan": Plan.STARTER, "starts_at": PAST},
        {"plan": Plan.PROFESSIONAL, "starts_at": PAST},
        {"plan": Plan.PROFESSIONAL, "starts_at": PAST, "ends_at": FUTURE},
        {"plan": Plan.ENTERPRISE, "starts_at": PAST - timedelta(days=1), "ends_at": PAST},
        {"plan": Plan.ENTERPRISE, "starts_at": FUTURE},
        {"plan": "", "limit": "users", "extra": 5, "starts_at": PAST},
    ],
    ids=["none", "starter", "professional", "until tomorrow", "over", "tomorrow", "an extra"],
)
def test_plan_condition_in_sql_equals_has_feature(plan: Plan, right: dict[str, Any] | None) -> None:
    workspace = WorkspaceFactory.create(plan=plan)
    if right:
        EntitlementFactory.create(workspace=workspace, **right)
    endpoint = create_endpoint(workspace=workspace)

    enqueue_numbers(workspace.pk, 1)

    with tenancy.within(workspace.pk):
        has = entitlements.has_feature(workspace, Feature.WEBHOOKS)
    assert (len(list_deliveries(endpoint)) == 1) is has
