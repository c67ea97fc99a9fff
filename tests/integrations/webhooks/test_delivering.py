"""To a real server on this machine: in order, at least once, and nobody waits for a stranger."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from core import tenancy
from core.models import AuditEvent
from integrations.webhooks import endpoints, owner_mails, queues
from integrations.webhooks.delivery_requests import DeliveryOutcome
from integrations.webhooks.delivery_worker import deliver_due_webhooks
from integrations.webhooks.endpoints import EndpointDetails
from tests.at_once import at_once
from tests.factories import EntitlementFactory, UserFactory, WorkspaceFactory
from tests.integrations.webhooks.receiver import Receiver
from tests.integrations.webhooks.world import attempts, endpoint, happens, log, now, states
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


def test_what_happened_arrives_in_its_order_and_once(receiver: Receiver) -> None:
    told = endpoint(receiver.url)
    happens(told.workspace_id, *range(20))

    assert deliver_due_webhooks() == 20
    assert deliver_due_webhooks() == 0

    assert receiver.numbers() == list(range(20))
    assert receiver.most_at_once == 1
    assert {one.status for one in log(told)} == {"DELIVERED"}
    assert [(one.status_code, one.trouble) for one in attempts(told)] == [(200, "")] * 20


def test_a_failure_holds_back_what_came_later_until_it_is_taken(receiver: Receiver) -> None:
    told, clock = endpoint(receiver.url), Clock()
    happens(told.workspace_id, 1, 2, 3)
    receiver.answers.extend([200, 500, (404, b"where?"), 200])

    deliver_due_webhooks(clock=clock)
    assert states(told) == [(1, "DELIVERED"), (2, "WAITING"), (3, "WAITING")]
    deliver_due_webhooks(clock=clock)  # not before the pause is over
    assert receiver.numbers() == [1, 2]
    clock.at += queues.PAUSES[0]
    deliver_due_webhooks(clock=clock)
    clock.at += queues.PAUSES[1]
    deliver_due_webhooks(clock=clock)

    assert receiver.numbers() == [1, 2, 2, 2, 3]
    assert [one.headers["webhook-id"] for one in receiver.received][1:4] == [
        str(log(told)[1].pk)
    ] * 3
    assert [(one.status_code, one.answer) for one in attempts(told)][1:3] == [
        (500, ""),
        (404, "where?"),
    ]
    assert (now(told).failures, now(told).failing_since) == (0, None)


def test_a_failing_endpoint_holds_back_no_other(receiver: Receiver, another: Receiver) -> None:
    failing = endpoint(receiver.url)
    beside = endpoint(another.url, workspace=failing.workspace)
    happens(failing.workspace_id, 1, 2)
    receiver.answers.extend([500] * 5)

    deliver_due_webhooks()

    assert (receiver.numbers(), another.numbers()) == ([1], [1, 2])
    assert states(beside) == [(1, "DELIVERED"), (2, "DELIVERED")]


def test_while_one_hangs_the_others_are_told(
    receiver: Receiver, another: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    hanging, quick = endpoint(receiver.url), endpoint(another.url)
    happens(hanging.workspace_id, 1)
    happens(quick.workspace_id, 1, 2, 3)
    receiver.going.clear()
    settle = queues.settle

    def settle_and_look(
        held: queues.Held, outcome: DeliveryOutcome, **when: Any
    ) -> queues.Held | None:
        going_on = settle(held, outcome, **when)
        if another.numbers() == [1, 2, 3]:
            receiver.going.set()  # only now does the other answer
        return going_on

    monkeypatch.setattr(queues, "settle", settle_and_look)
    deliver_due_webhooks()

    assert another.numbers() == [1, 2, 3]
    assert states(hanging) == [(1, "DELIVERED")]


def test_two_workers_at_once_keep_the_order_and_send_nothing_twice(
    receiver: Receiver, another: Receiver
) -> None:
    first, second = endpoint(receiver.url), endpoint(another.url)
    happens(first.workspace_id, *range(30))
    happens(second.workspace_id, *range(30))

    at_once(deliver_due_webhooks, deliver_due_webhooks, deliver_due_webhooks)

    assert receiver.numbers() == another.numbers() == list(range(30))
    assert receiver.most_at_once == another.most_at_once == 1


def test_what_a_killed_worker_had_sent_is_sent_once_more_under_the_same_id(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    told, clock = endpoint(receiver.url), Clock()
    happens(told.workspace_id, 1, 2)

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
    assert [one.attempts_made for one in log(told)] == [1, 1]


def test_a_worker_that_lost_its_lease_changes_nothing(receiver: Receiver) -> None:
    told, clock = endpoint(receiver.url), Clock()
    happens(told.workspace_id, 1, 2)
    [slow] = queues.claim(limit=10, now=clock())
    clock.at += queues.LEASE + timedelta(seconds=1)
    [quick] = queues.claim(limit=10, now=clock())

    assert queues.settle(slow, DeliveryOutcome(took_ms=1, status_code=500), now=clock()) is None
    assert (now(told).failures, attempts(told)) == (0, [])
    assert queues.settle(quick, DeliveryOutcome(took_ms=1, status_code=200), now=clock())


def test_after_three_days_it_is_disabled_audited_and_the_owners_are_told(
    receiver: Receiver,
) -> None:
    told, clock = endpoint(receiver.url), Clock()
    owner = UserFactory.create(workspace=told.workspace)
    happens(told.workspace_id, 1, 2)
    begun = clock.at
    receiver.answers.extend([503] * 100)

    while now(told).disabled_at is None:
        clock.at = max(clock.at, now(told).next_attempt_at)
        deliver_due_webhooks(clock=clock)
    owner_mails.mail_disabled_endpoint(workspace_id=told.workspace_id, endpoint_id=told.pk)

    assert clock.at - begun == timedelta(days=3)
    assert now(told).disabled_because == "FAILING"
    assert set(receiver.numbers()) == {1}
    assert 10 < len(receiver.received) < 30
    assert states(told) == [(1, "WAITING"), (2, "WAITING")]
    with tenancy.within(told.workspace_id):
        assert AuditEvent.objects.get(action="endpoint.give_up").actor_id is None
    assert [letter.to for letter in mail.outbox] == [[owner.email]]
    happens(told.workspace_id, 3)  # from now on it is told nothing
    assert len(log(told)) == 2


def test_one_that_says_it_is_gone_is_not_called_again(receiver: Receiver) -> None:
    told = endpoint(receiver.url)
    happens(told.workspace_id, 1, 2)
    receiver.answers.append(410)

    deliver_due_webhooks()

    assert receiver.numbers() == [1]
    assert now(told).disabled_because == "GONE"


def test_without_the_plan_nothing_is_written_and_what_waits_is_not_sent(
    receiver: Receiver,
) -> None:
    workspace = WorkspaceFactory.create(plan=Plan.FREE)
    until = EntitlementFactory.create(workspace=workspace, plan=Plan.PROFESSIONAL)
    told = endpoint(receiver.url, workspace=workspace)
    happens(workspace.pk, 1)
    with tenancy.platform("test"):
        type(until).objects.filter(pk=until.pk).update(ends_at=timezone.now())

    happens(workspace.pk, 2)
    assert deliver_due_webhooks() == 0
    assert states(told) == [(1, "WAITING")]
    with tenancy.platform("test"):
        type(until).objects.filter(pk=until.pk).update(ends_at=None)
    happens(workspace.pk, 3)
    deliver_due_webhooks()

    assert receiver.numbers() == [1, 3]


def test_an_endpoint_that_moved_is_called_at_its_new_address(
    receiver: Receiver, another: Receiver
) -> None:
    told, clock = endpoint(receiver.url), Clock()
    happens(told.workspace_id, 1)
    receiver.answers.append(500)
    deliver_due_webhooks(clock=clock)
    with tenancy.within(told.workspace_id):
        endpoints.change_endpoint(
            endpoint=told,
            details=EndpointDetails(another.url, told.events),
            by=UserFactory.create(workspace=told.workspace),
        )
    assert now(told).next_attempt_at < clock.at + queues.PAUSES[0]
    clock.at = now(told).next_attempt_at

    deliver_due_webhooks(clock=clock)

    assert (receiver.numbers(), another.numbers()) == ([1], [1])


def test_a_run_ends_when_its_time_is_up_and_lets_go(receiver: Receiver) -> None:
    told = endpoint(receiver.url)
    happens(told.workspace_id, 1)

    assert deliver_due_webhooks(seconds=-1) == 0

    assert now(told).leased_until is None
