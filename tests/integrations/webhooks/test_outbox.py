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
from tests.integrations.webhooks.world import endpoint, happens, log, states
from workspaces import entitlements
from workspaces.models import Plan
from workspaces.plans import Feature

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("event", subscribable_events())
def test_an_endpoint_is_told_what_it_chose_and_nothing_else(event: str) -> None:
    chose = endpoint(events=[event])
    others = [one for one in subscribable_events() if one != event]
    all_but = endpoint("https://other.example.com/", workspace=chose.workspace, events=others)

    happens(chose.workspace_id, 1, event=event)

    assert [one.event for one in log(chose)] == [event]
    assert log(all_but) == []


def test_nobody_is_told_of_another_workspace() -> None:
    ours, theirs = endpoint(), endpoint()

    with tenancy.platform("test"):
        enqueue_events(
            OutgoingEvent("credits.low", one.workspace_id, {"number": number})
            for number, one in enumerate([ours, theirs, ours])
        )

    assert [number for number, _status in states(ours)] == [0, 2]
    assert [number for number, _status in states(theirs)] == [1]


def test_each_that_listens_is_told_under_an_id_of_its_own() -> None:
    first = endpoint()
    second = endpoint("https://other.example.com/", workspace=first.workspace)

    happens(first.workspace_id, 1, 2)

    assert len({one.pk for one in log(first) + log(second)}) == 4


def test_one_that_is_disabled_is_told_nothing() -> None:
    told = endpoint(disabled_at=timezone.now(), disabled_because=DisableReason.BY_HAND)

    happens(told.workspace_id, 1)

    assert log(told) == []


def test_ids_and_times_are_told_as_text() -> None:
    told, pk = endpoint(), uuid4()
    at = datetime(2026, 1, 2, 15, 4, 5, 678901, tzinfo=UTC)

    with tenancy.within(told.workspace_id):
        enqueue_event(
            "credits.low", workspace_id=told.workspace_id, data={"id": pk, "at": at, "no": None}
        )

    [announced] = log(told)
    assert announced.data == {
        "id": str(pk),
        "at": "2026-01-02T15:04:05.678901+00:00",
        "no": None,
    }


def test_what_was_rolled_back_was_not_announced() -> None:
    told = endpoint()

    with pytest.raises(ZeroDivisionError), tenancy.within(told.workspace_id):
        enqueue_event("credits.low", workspace_id=told.workspace_id, data={"number": 1 / 1})
        raise ZeroDivisionError

    assert log(told) == []


@pytest.mark.parametrize(("listening", "statements"), [(False, 1), (True, 2)])
@pytest.mark.parametrize("many", [1, 40])
def test_a_batch_costs_the_same_however_large(many: int, listening: bool, statements: int) -> None:
    told = endpoint(events=["credits.low" if listening else "import.finished"])
    happened = [OutgoingEvent("credits.low", told.workspace_id, {}) for _ in range(many)]

    with tenancy.within(told.workspace_id), CaptureQueriesContext(connection) as asked:
        enqueue_events(happened)

    assert len(asked) == statements


def test_nothing_happened_and_nothing_is_asked() -> None:
    with CaptureQueriesContext(connection) as asked:
        enqueue_events([])

    assert len(asked) == 0


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
def test_who_may_be_told_is_who_has_the_feature(plan: Plan, right: dict[str, Any] | None) -> None:
    workspace = WorkspaceFactory.create(plan=plan)
    if right:
        EntitlementFactory.create(workspace=workspace, **right)
    told = endpoint(workspace=workspace)

    happens(workspace.pk, 1)

    with tenancy.within(workspace.pk):
        has = entitlements.has_feature(workspace, Feature.WEBHOOKS)
    assert (len(log(told)) == 1) is has
