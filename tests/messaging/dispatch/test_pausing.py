"""A shared sender is paused for all clinics, so one refused message does not pause it."""

from datetime import timedelta

import pytest
from django.test.utils import override_settings
from django.utils import timezone

from core import tenancy
from messaging.dispatch import pausing
from messaging.dispatch.planning import plan_messages
from messaging.dispatch.sending import run_dispatch
from messaging.models import Message, Sender
from tests.dev.doubles.simulation import Simulation
from tests.messaging.world import create_patient, find_messages, running_campaign, shared_sender

pytestmark = pytest.mark.django_db(transaction=True)


def reload_sender() -> Sender:
    with tenancy.platform("test"):
        return Sender.objects.get()


def send_waiting() -> int:
    """Make all waiting messages due and run the dispatcher once."""
    plan_messages()
    with tenancy.platform("test"):
        Message.objects.filter(status="PENDING").update(next_attempt_at=timezone.now())
    return run_dispatch()


def make_probe_due() -> None:
    with tenancy.platform("test"):
        Sender.objects.update(next_probe_at=timezone.now())


def test_foreign_number_does_not_pause_shared_sender(simulator: Simulation) -> None:
    shared_sender()
    create_patient(running_campaign(), phone="+593987650013")
    create_patient(running_campaign(), phone="+593987654321")

    send_waiting()

    assert reload_sender().paused_at is None
    assert {message.patient.phone: message.status for message in find_messages()} == {
        "+593987650013": "FAILED",
        "+593987654321": "SENT",
    }


def test_account_error_pauses_sender_and_keeps_messages(simulator: Simulation) -> None:
    shared_sender()
    create_patient(running_campaign(), phone="+593987654321")

    with override_settings(TWILIO_AUTH_TOKEN="wrong"):
        send_waiting()

    assert reload_sender().paused_at is not None
    assert [message.status for message in find_messages()] == ["PENDING"]
    assert send_waiting() == 0


def test_message_refused_before_does_not_pause_sender_again(simulator: Simulation) -> None:
    shared_sender()
    create_patient(running_campaign(), phone="+593987654321")
    with override_settings(TWILIO_AUTH_TOKEN="wrong"):
        send_waiting()
        with tenancy.platform("test"):
            Sender.objects.update(paused_at=None, pause_reason="", next_probe_at=None)
        send_waiting()

    assert reload_sender().paused_at is None
    assert [message.attempt for message in find_messages()] == [2]


def test_accepted_probe_resumes_the_sender(simulator: Simulation) -> None:
    shared_sender()
    campaign = running_campaign()
    patients = [create_patient(campaign, phone=f"+59398765432{number}") for number in range(3)]
    with override_settings(TWILIO_AUTH_TOKEN="wrong"):
        send_waiting()
    make_probe_due()

    assert send_waiting() == 1
    assert reload_sender().paused_at is None
    assert reload_sender().next_probe_at is None
    assert send_waiting() == len(patients) - 1
    assert {message.status for message in find_messages()} == {"SENT"}


def test_refused_probe_leaves_the_sender_paused(simulator: Simulation) -> None:
    shared_sender()
    create_patient(running_campaign(), phone="+593987654321")
    with override_settings(TWILIO_AUTH_TOKEN="wrong"):
        send_waiting()
        make_probe_due()
        assert send_waiting() == 1

    sender = reload_sender()
    assert sender.paused_at is not None
    assert sender.next_probe_at is not None
    assert sender.next_probe_at > timezone.now() + pausing.PROBE_EVERY - timedelta(minutes=1)


def test_sender_paused_by_hand_is_not_probed(simulator: Simulation) -> None:
    shared_sender(paused_at=timezone.now(), pause_reason="Paused by the platform")
    create_patient(running_campaign(), phone="+593987654321")

    assert send_waiting() == 0
    assert simulator.told() == []


def test_sender_paused_by_hand_during_a_probe_stays_paused(simulator: Simulation) -> None:
    sender = shared_sender(paused_at=timezone.now())

    with tenancy.platform("test"):
        pausing.resume_after_probe(sender.pk)

    assert reload_sender().paused_at is not None


def test_due_probe_is_claimed_once() -> None:
    now = timezone.now()
    shared_sender(paused_at=now, next_probe_at=now)

    with tenancy.platform("test"):
        assert len(pausing.take_due_probes()) == 1
        assert pausing.take_due_probes() == []
