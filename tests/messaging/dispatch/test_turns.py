"""A sender is shared fairly among workspaces, and one sender does not delay another."""

from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from django.test.utils import override_settings
from django.utils import timezone

from campaigns.models import Campaign
from core import tenancy
from messaging.channels import OutgoingMessage
from messaging.dispatch import fairness
from messaging.dispatch.claiming import claim_batch
from messaging.dispatch.sending import run_dispatch
from messaging.models import Message, Sender
from templates_app.models import Channel
from tests.dev.doubles.simulation import Simulation
from tests.factories import MessageFactory
from tests.messaging.world import create_patient, find_messages, running_campaign, shared_sender

A, B, C = (UUID(int=number) for number in range(1, 4))


@pytest.fixture
def sender() -> Sender:
    return shared_sender()


def create_due_messages(campaign: Campaign, count: int) -> list[Message]:
    return [
        MessageFactory.create(
            workspace=campaign.workspace, patient=create_patient(campaign, asked_at=timezone.now())
        )
        for _ in range(count)
    ]


def count_of(campaign: Campaign, taken: list[OutgoingMessage]) -> int:
    return Counter(message.workspace_id for message in taken)[campaign.workspace_id]


@pytest.mark.parametrize(
    ("recent", "limit", "shares"),
    [
        ({}, 5, {}),
        ({A: 0, B: 0}, 6, {A: 3, B: 3}),
        ({A: 0, B: 100}, 6, {A: 6}),
        ({A: 2, B: 4, C: 9}, 6, {A: 4, B: 2}),
        ({A: 7, B: 7, C: 7}, 2, {A: 1, B: 1}),
    ],
)
def test_batch_is_given_to_lowest_counts_until_all_are_equal(
    recent: dict[UUID, int], limit: int, shares: dict[UUID, int]
) -> None:
    assert fairness.divide_batch(recent, limit) == shares


@pytest.mark.django_db
def test_workspace_with_few_messages_goes_first(sender: Sender) -> None:
    large, small = running_campaign(), running_campaign()
    create_due_messages(large, 12)
    assert count_of(large, claim_batch(sender=sender, limit=6)) == 6
    create_due_messages(small, 3)

    assert [count_of(small, claim_batch(sender=sender, limit=1)) for _ in range(3)] == [1, 1, 1]
    assert count_of(large, claim_batch(sender=sender, limit=6)) == 6


@pytest.mark.django_db
def test_two_workspaces_with_many_messages_share_evenly(sender: Sender) -> None:
    first, second = running_campaign(), running_campaign()
    create_due_messages(first, 6)
    create_due_messages(second, 6)

    taken = [message for _ in range(6) for message in claim_batch(sender=sender, limit=1)]

    assert (count_of(first, taken), count_of(second, taken)) == (3, 3)


@pytest.mark.django_db
def test_paused_campaign_takes_no_turn(sender: Sender) -> None:
    paused, running = running_campaign(), running_campaign()
    create_due_messages(paused, 3)
    create_due_messages(running, 3)
    with tenancy.platform("test"):
        Campaign.objects.filter(pk=paused.pk).update(status="PAUSED")

    assert [count_of(running, claim_batch(sender=sender, limit=1)) for _ in range(3)] == [1, 1, 1]


@pytest.mark.django_db
def test_sender_paused_between_claims_claims_nothing(sender: Sender) -> None:
    create_due_messages(running_campaign(), 2)
    assert len(claim_batch(sender=sender, limit=1)) == 1
    with tenancy.platform("test"):
        Sender.objects.update(paused_at=timezone.now())

    assert claim_batch(sender=sender, limit=1) == []


@pytest.mark.django_db(transaction=True)
@override_settings(DISPATCH_CONCURRENCY=4)
def test_busy_sender_does_not_delay_another_sender(sender: Sender, simulator: Simulation) -> None:
    """What becomes due while a long run goes on with another sender leaves within a second or two,
    not when the run is over."""
    simulator.faults(latency_ms=600)
    shared_sender(Channel.EMAIL, address="hola@example.com")
    create_due_messages(running_campaign(), 20)
    soon = timezone.now() + timedelta(seconds=0.5)
    campaign = running_campaign()
    MessageFactory.create(
        workspace=campaign.workspace,
        patient=create_patient(
            campaign, phone="", email="ana@example.com", asked_at=timezone.now()
        ),
        channel=Channel.EMAIL,
        next_attempt_at=soon,
    )

    assert run_dispatch() == 21

    [mail] = find_messages(channel=Channel.EMAIL)
    assert mail.sent_at is not None
    assert mail.sent_at < soon + timedelta(seconds=2)
