"""To a real server on this machine: in order, at least once, and nobody waits for a stranger."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from core import tenancy
from core.models import AuditEvent
from integrations.webhooks import endpoints, failing_endpoints, owner_mails, queues
from integrations.webhooks.delivery_requests import DeliveryOutcome
from integrations.webhooks.delivery_worker import deliver_due_webhooks
from integrations.webhooks.endpoints import EndpointDetails
from tests.concurrency import run_concurrently
from tests.factories import EntitlementFactory, UserFactory, WorkspaceFactory
from tests.integrations.webhooks.receiver import Receiver
from tests.integrations.webhooks.world import (
    create_endpoint,
    enqueue_numbers,
    list_attempts,
    list_deliveries,
    list_states,
    reload,
)
from workspaces.models import Plan

pytestmark = pytest.mark.django_db(transaction=True)


class Killed(Exception):  # noqa: N818 - not a mishap of ours
    """Between the answer and writing it down."""


class Clock:
    """Stands still but for where a test moves it."""

    def __init__(self) -> None:
        self.at = timezone.now()

    def __call__(self) -> datetime:
        return self.at


def test_events_are_delivered_once_in_order(receiver: Receiver) -> None:
    endpoint = create_endpoint(receiver.url)
    enqueue_numbers(endpoint.workspace_id, *range(20))

    assert deliver_due_webhooks() == 20
    assert deliver_due_webhooks() == 0

    assert receiver.numbers() == list(range(20))
    assert receiver.max_under_way == 1
    assert {delivery.status for delivery in list_deliveries(endpoint)} == {"DELIVERED"}
    assert [(attempt.status_code, attempt.trouble) for attempt in list_attempts(endpoint)] == [
        (200, "")
    ] * 20


def test_failed_delivery_blocks_later_ones_until_it_succeeds(receiver: Receiver) -> None:
    endpoint, clock = create_endpoint(receiver.url), Clock()
    enqueue_numbers(endpoint.workspace_id, 1, 2, 3)
    receiver.answers.extend([200, 500, (404, b"where?"), 200])

    deliver_due_webhooks(clock=clock)
    assert list_states(endpoint) == [(1, "DELIVERED"), (2, "WAITING"), (3, "WAITING")]
    deliver_due_webhooks(clock=clock)  # not before the pause is over
    assert receiver.numbers() == [1, 2]
    clock.at += failing_endpoints.PAUSES[0]
    deliver_due_webhooks(clock=clock)
    clock.at += failing_endpoints.PAUSES[1]
    deliver_due_webhooks(clock=clock)

    assert receiver.numbers() == [1, 2, 2, 2, 3]
    assert [request.headers["webhook-id"] for request in receiver.received][1:4] == [
        str(list_deliveries(endpoint)[1].pk)
    ] * 3
    assert [(attempt.status_code, attempt.answer) for attempt in list_attempts(endpoint)][1:3] == [
        (500, ""),
        (404, "where?"),
    ]
    assert (reload(endpoint).failures, reload(endpoint).failing_since) == (0, None)


def test_failing_endpoint_does_not_block_others(receiver: Receiver, another: Receiver) -> None:
    failing = create_endpoint(receiver.url)
    beside = create_endpoint(another.url, workspace=failing.workspace)
    enqueue_numbers(failing.workspace_id, 1, 2)
    receiver.answers.extend([500] * 5)

    deliver_due_webhooks()

    assert (receiver.numbers(), another.numbers()) == ([1], [1, 2])
    assert list_states(beside) == [(1, "DELIVERED"), (2, "DELIVERED")]


def test_hanging_endpoint_does_not_block_others(
    receiver: Receiver, another: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging, quick = create_endpoint(receiver.url), create_endpoint(another.url)
    enqueue_numbers(hanging.workspace_id, 1)
    enqueue_numbers(quick.workspace_id, 1, 2, 3)
    receiver.is_answering.clear()
    settle = queues.settle

    def settle_and_look(
        held: queues.ClaimedEndpoint, outcome: DeliveryOutcome, **when: Any
    ) -> queues.ClaimedEndpoint | None:
        going_on = settle(held, outcome, **when)
        if another.numbers() == [1, 2, 3]:
            receiver.is_answering.set()  # only now does the other answer
        return going_on

    monkeypatch.setattr(queues, "settle", settle_and_look)
    deliver_due_webhooks()

    assert another.numbers() == [1, 2, 3]
    assert list_states(hanging) == [(1, "DELIVERED")]


def test_concurrent_workers_keep_the_order_and_send_nothing_twice(
    receiver: Receiver, another: Receiver
) -> None:
    first, second = create_endpoint(receiver.url), create_endpoint(another.url)
    enqueue_numbers(first.workspace_id, *range(30))
    enqueue_numbers(second.workspace_id, *range(30))

    run_concurrently(deliver_due_webhooks, deliver_due_webhooks, deliver_due_webhooks)

    assert receiver.numbers() == another.numbers() == list(range(30))
    assert receiver.max_under_way == another.max_under_way == 1


def test_delivery_of_a_killed_worker_is_sent_again_under_the_same_id(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint, clock = create_endpoint(receiver.url), Clock()
    enqueue_numbers(endpoint.workspace_id, 1, 2)

    def die(*_what: object, **_when: object) -> None:
        raise Killed

    with monkeypatch.context() as patched, pytest.raises(ExceptionGroup, match="TaskGroup"):
        patched.setattr(queues, "settle", die)
        deliver_due_webhooks(clock=clock)
    deliver_due_webhooks(clock=clock)  # it may be alive
    assert receiver.numbers() == [1]

    clock.at += queues.LEASE + timedelta(seconds=1)
    deliver_due_webhooks(clock=clock)

    assert receiver.numbers() == [1, 1, 2]
    first, again, _second = receiver.received
    assert first.headers["webhook-id"] == again.headers["webhook-id"]
    assert [delivery.attempts_made for delivery in list_deliveries(endpoint)] == [1, 1]


def test_worker_without_its_lease_changes_nothing(receiver: Receiver) -> None:
    endpoint, clock = create_endpoint(receiver.url), Clock()
    enqueue_numbers(endpoint.workspace_id, 1, 2)
    [slow] = queues.claim(limit=10, now=clock())
    clock.at += queues.LEASE + timedelta(seconds=1)
    [quick] = queues.claim(limit=10, now=clock())

    assert queues.settle(slow, DeliveryOutcome(took_ms=1, status_code=500), now=clock()) is None
    assert (reload(endpoint).failures, list_attempts(endpoint)) == (0, [])
    assert queues.settle(quick, DeliveryOutcome(took_ms=1, status_code=200), now=clock())


def test_endpoint_failing_for_three_days_is_disabled_and_owners_get_a_mail(
    receiver: Receiver,
) -> None:
    endpoint, clock = create_endpoint(receiver.url), Clock()
    owner = UserFactory.create(workspace=endpoint.workspace)
    enqueue_numbers(endpoint.workspace_id, 1, 2)
    begun = clock.at
    receiver.answers.extend([503] * 100)

    while reload(endpoint).disabled_at is None:
        clock.at = max(clock.at, reload(endpoint).next_attempt_at)
        deliver_due_webhooks(clock=clock)
    owner_mails.mail_disabled_endpoint(workspace_id=endpoint.workspace_id, endpoint_id=endpoint.pk)

    assert clock.at - begun == timedelta(days=3)
    assert reload(endpoint).disabled_because == "FAILING"
    assert set(receiver.numbers()) == {1}
    assert 10 < len(receiver.received) < 30
    assert list_states(endpoint) == [(1, "WAITING"), (2, "WAITING")]
    with tenancy.within(endpoint.workspace_id):
        assert AuditEvent.objects.get(action="endpoint.give_up").actor_id is None
    assert [letter.to for letter in mail.outbox] == [[owner.email]]
    enqueue_numbers(endpoint.workspace_id, 3)  # from now on it is endpoint nothing
    assert len(list_deliveries(endpoint)) == 2


def test_endpoint_that_answers_gone_is_disabled(receiver: Receiver) -> None:
    endpoint = create_endpoint(receiver.url)
    enqueue_numbers(endpoint.workspace_id, 1, 2)
    receiver.answers.append(410)

    deliver_due_webhooks()

    assert receiver.numbers() == [1]
    assert reload(endpoint).disabled_because == "GONE"


def test_plan_without_webhooks_enqueues_and_sends_nothing(
    receiver: Receiver,
) -> None:
    workspace = WorkspaceFactory.create(plan=Plan.FREE)
    until = EntitlementFactory.create(workspace=workspace, plan=Plan.PROFESSIONAL)
    endpoint = create_endpoint(receiver.url, workspace=workspace)
    enqueue_numbers(workspace.pk, 1)
    with tenancy.platform("test"):
        type(until).objects.filter(pk=until.pk).update(ends_at=timezone.now())

    enqueue_numbers(workspace.pk, 2)
    assert deliver_due_webhooks() == 0
    assert list_states(endpoint) == [(1, "WAITING")]
    with tenancy.platform("test"):
        type(until).objects.filter(pk=until.pk).update(ends_at=None)
    enqueue_numbers(workspace.pk, 3)
    deliver_due_webhooks()

    assert receiver.numbers() == [1, 3]


def test_changed_endpoint_is_called_at_its_new_url(receiver: Receiver, another: Receiver) -> None:
    endpoint, clock = create_endpoint(receiver.url), Clock()
    enqueue_numbers(endpoint.workspace_id, 1)
    receiver.answers.append(500)
    deliver_due_webhooks(clock=clock)
    with tenancy.within(endpoint.workspace_id):
        endpoints.change_endpoint(
            endpoint=endpoint,
            details=EndpointDetails(another.url, endpoint.events),
            by=UserFactory.create(workspace=endpoint.workspace),
        )
    assert reload(endpoint).next_attempt_at < clock.at + failing_endpoints.PAUSES[0]
    clock.at = reload(endpoint).next_attempt_at

    deliver_due_webhooks(clock=clock)

    assert (receiver.numbers(), another.numbers()) == ([1], [1])


def test_run_ends_on_time_and_releases_its_lease(receiver: Receiver) -> None:
    endpoint = create_endpoint(receiver.url)
    enqueue_numbers(endpoint.workspace_id, 1)

    assert deliver_due_webhooks(seconds=-1) == 0

    assert reload(endpoint).leased_until is None
