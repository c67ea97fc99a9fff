"""What nobody knows the end of: how a second message is kept from a patient who has the first."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.test.utils import override_settings
from django.utils import timezone

from core import tenancy
from messaging.channels import Fate, Outcome
from messaging.dispatch.claiming import claim
from messaging.dispatch.planning import plan
from messaging.dispatch.sending import run
from messaging.dispatch.settling import settle
from messaging.dispatch.sweeping import TRIES_WITHOUT_TRACE, sweep
from messaging.models import Message, Sender
from patients.models import Patient
from templates_app.models import Channel
from tests.dev.doubles.simulation import Simulation
from tests.messaging.world import messages, running_campaign, seen, shared_sender
from workspaces.models import Workspace

SILENCE = settings.DISPATCH_SILENCE + timedelta(minutes=1)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sender() -> Sender:
    return shared_sender(address="+12025550123")


def status_and_credits() -> tuple[str, int]:
    with tenancy.platform("test"):
        return messages()[0].status, Workspace.objects.get().message_credits


def test_what_waited_longer_than_its_lease_is_not_handed_over(
    simulator: Simulation, sender: Sender
) -> None:
    """By then the sweeper may have given it to another worker."""
    seen(running_campaign())
    plan()
    with override_settings(DISPATCH_LEASE=timedelta(seconds=-1)):
        run(seconds=0.1)

    assert simulator.told() == []
    assert status_and_credits() == ("PENDING", 50)
    run()
    assert status_and_credits() == ("SENT", 49)


def test_a_worker_hangs_up_when_its_lease_ends(simulator: Simulation, sender: Sender) -> None:
    """The provider has it, and is found to have it before the silence is over."""
    seen(running_campaign())
    plan()
    simulator.faults(rate_drop=1, drop_hold_ms=20_000)
    with override_settings(DISPATCH_LEASE=timedelta(seconds=3)):
        run()
    assert status_and_credits() == ("UNKNOWN", 49)

    simulator.faults(rate_drop=0)
    sweep(now=timezone.now() + SILENCE)

    assert status_and_credits() == ("SENT", 49)


def test_an_acceptance_after_the_give_up_keeps_it_from_going_twice(
    simulator: Simulation, sender: Sender
) -> None:
    seen(running_campaign())
    plan()
    [frozen] = claim(sender=sender, limit=1)
    sweep(now=timezone.now() + SILENCE)
    assert status_and_credits() == ("PENDING", 50)

    settle([(frozen, Outcome(Fate.ACCEPTED, external_id="SM1"))])

    assert status_and_credits()[0] == "SENT"
    assert run() == 0


def test_an_answer_to_the_attempt_before_changes_nothing(
    simulator: Simulation, sender: Sender
) -> None:
    seen(running_campaign())
    plan()
    [frozen] = claim(sender=sender, limit=1)
    later = timezone.now() + SILENCE
    sweep(now=later)
    assert claim(sender=sender, limit=1, now=later)

    settle([(frozen, Outcome(Fate.RETRY, code="20429"))])

    assert status_and_credits() == ("SENDING", 49)


def test_workers_may_die_again_and_again_with_the_same_message(
    simulator: Simulation, sender: Sender
) -> None:
    seen(running_campaign())
    plan()
    now = timezone.now()
    for _ in range(TRIES_WITHOUT_TRACE):
        assert status_and_credits() == ("PENDING", 50)
        assert claim(sender=sender, limit=1, now=now)
        now += SILENCE
        sweep(now=now)

    assert status_and_credits() == ("FAILED", 50)
    assert messages()[0].error_code == "no_trace"


def test_nobody_asks_the_provider_about_somebody_who_was_erased(simulator: Simulation) -> None:
    """Without an address its list shows everybody's messages, and any of them would do."""
    whatsapp = shared_sender(Channel.WHATSAPP, address="whatsapp:+12025550124")
    campaign = running_campaign()
    for phone in ("+593987654321", "+593987654322"):
        seen(campaign, phone=phone, preferred_channel=Channel.WHATSAPP)
    plan()
    run()
    first = messages()[0]
    with tenancy.platform("test"):
        Patient.objects.filter(pk=first.patient_id).update(phone="", data_deleted_at=timezone.now())
        Message.objects.filter(pk=first.pk).update(
            status="UNKNOWN", external_id=None, sent_at=None, claimed_until=timezone.now()
        )

    sweep(now=timezone.now() + SILENCE)

    kept, other = messages(sender=whatsapp)
    assert (kept.status, kept.external_id, kept.error_code) == ("FAILED", None, "no_trace")
    assert other.status == "SENT"
