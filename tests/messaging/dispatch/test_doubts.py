"""Messages with an unknown outcome: a patient who has the first does not get a second."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test.utils import override_settings
from django.utils import timezone

from core import tenancy
from messaging.channels import SendOutcome, SendResult
from messaging.dispatch.claiming import claim_batch
from messaging.dispatch.planning import plan_messages
from messaging.dispatch.sending import run_dispatch
from messaging.dispatch.settling import settle_batch
from messaging.dispatch.sweeping import MAX_UNANSWERED_ATTEMPTS, sweep_unsettled
from messaging.models import Message, Sender
from patients.models import Patient
from templates_app.models import Channel
from tests.dev.doubles.simulation import Simulation
from tests.messaging.world import create_patient, find_messages, running_campaign, shared_sender
from workspaces.models import Workspace

SILENCE = settings.DISPATCH_SILENCE + timedelta(minutes=1)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sender() -> Sender:
    return shared_sender(address="+12025550123")


def status_and_credits() -> tuple[str, int]:
    with tenancy.platform("test"):
        return find_messages()[0].status, Workspace.objects.get().message_credits


def test_message_whose_lease_ended_is_not_sent(simulator: Simulation, sender: Sender) -> None:
    """The sweeper may have given it to another worker by then."""
    create_patient(running_campaign())
    plan_messages()
    with override_settings(DISPATCH_LEASE=timedelta(seconds=-1)):
        run_dispatch(seconds=0.1)

    assert simulator.told() == []
    assert status_and_credits() == ("PENDING", 50)
    run_dispatch()
    assert status_and_credits() == ("SENT", 49)


def test_request_is_given_up_at_the_end_of_the_lease(simulator: Simulation, sender: Sender) -> None:
    """The provider has the message, and the sweeper finds it there."""
    create_patient(running_campaign())
    plan_messages()
    simulator.faults(rate_drop=1, drop_hold_ms=20_000)
    with override_settings(DISPATCH_LEASE=timedelta(seconds=3)):
        run_dispatch()
    assert status_and_credits() == ("UNKNOWN", 49)

    simulator.faults(rate_drop=0)
    sweep_unsettled(now=timezone.now() + SILENCE)

    assert status_and_credits() == ("SENT", 49)


def test_acceptance_that_arrives_after_the_sweep_prevents_a_second_send(
    simulator: Simulation, sender: Sender
) -> None:
    create_patient(running_campaign())
    plan_messages()
    [frozen] = claim_batch(sender=sender, limit=1)
    sweep_unsettled(now=timezone.now() + SILENCE)
    assert status_and_credits() == ("PENDING", 50)

    settle_batch([(frozen, SendOutcome(SendResult.ACCEPTED, external_id="SM1"))])

    assert status_and_credits()[0] == "SENT"
    assert run_dispatch() == 0


def test_outcome_of_an_earlier_attempt_is_ignored(simulator: Simulation, sender: Sender) -> None:
    create_patient(running_campaign())
    plan_messages()
    [frozen] = claim_batch(sender=sender, limit=1)
    later = timezone.now() + SILENCE
    sweep_unsettled(now=later)
    assert claim_batch(sender=sender, limit=1, now=later)

    settle_batch([(frozen, SendOutcome(SendResult.RETRY, code="20429"))])

    assert status_and_credits() == ("SENDING", 49)


def test_message_is_sent_once_after_several_workers_died_with_it(
    simulator: Simulation, sender: Sender
) -> None:
    create_patient(running_campaign())
    plan_messages()
    now = timezone.now()
    for _ in range(MAX_UNANSWERED_ATTEMPTS):
        assert status_and_credits() == ("PENDING", 50)
        assert claim_batch(sender=sender, limit=1, now=now)
        now += SILENCE
        sweep_unsettled(now=now)

    assert status_and_credits() == ("FAILED", 50)
    assert find_messages()[0].error_code == "no_trace"


def test_erased_patient_is_not_looked_up_at_the_provider(simulator: Simulation) -> None:
    """Without an address the provider would list all messages, and any of them would match."""
    whatsapp = shared_sender(Channel.WHATSAPP, address="whatsapp:+12025550124")
    campaign = running_campaign()
    for phone in ("+593987654321", "+593987654322"):
        create_patient(campaign, phone=phone, preferred_channel=Channel.WHATSAPP)
    plan_messages()
    run_dispatch()
    first = find_messages()[0]
    with tenancy.platform("test"):
        Patient.objects.filter(pk=first.patient_id).update(phone="", data_deleted_at=timezone.now())
        Message.objects.filter(pk=first.pk).update(
            status="UNKNOWN", external_id=None, sent_at=None, claimed_until=timezone.now()
        )

    sweep_unsettled(now=timezone.now() + SILENCE)

    kept, other = find_messages(sender=whatsapp)
    assert (kept.status, kept.external_id, kept.error_code) == ("FAILED", None, "no_trace")
    assert other.status == "SENT"
