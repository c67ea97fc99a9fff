"""A shared sender stops for all clinics, so it takes more than one message to stop it."""

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


def sender_now() -> Sender:
    with tenancy.platform("test"):
        return Sender.objects.get()


def send_what_waits() -> int:
    """Run the dispatcher once, with every waiting message due."""
    plan_messages()
    with tenancy.platform("test"):
        Message.objects.filter(status="PENDING").update(next_attempt_at=timezone.now())
    return run_dispatch()


def make_probe_due() -> None:
    with tenancy.platform("test"):
        Sender.objects.update(next_probe_at=timezone.now())


def test_tourists_number_does_not_stop_other_clinics(simulator: Simulation) -> None:
    shared_sender()
    create_patient(running_campaign(), phone="+593987650013")
    create_patient(running_campaign(), phone="+593987654321")

    send_what_waits()

    assert sender_now().paused_at is None
    assert {message.patient.phone: message.status for message in find_messages()} == {
        "+593987650013": "FAILED",
        "+593987654321": "SENT",
    }


def test_account_refusal_pauses_and_no_message_is_lost(simulator: Simulation) -> None:
    shared_sender()
    create_patient(running_campaign(), phone="+593987654321")

    with override_settings(TWILIO_AUTH_TOKEN="wrong"):
        send_what_waits()

    assert sender_now().paused_at is not None
    assert [message.status for message in find_messages()] == ["PENDING"]
    assert send_what_waits() == 0


def test_message_that_was_refused_before_does_not_pause_again(simulator: Simulation) -> None:
    shared_sender()
    create_patient(running_campaign(), phone="+593987654321")
    with override_settings(TWILIO_AUTH_TOKEN="wrong"):
        send_what_waits()
        with tenancy.platform("test"):
            Sender.objects.update(paused_at=None, pause_reason="", next_probe_at=None)
        send_what_waits()

    assert sender_now().paused_at is None
    assert [message.attempt for message in find_messages()] == [2]


def test_probe_that_is_accepted_resumes_the_sender(simulator: Simulation) -> None:
    shared_sender()
    campaign = running_campaign()
    patients = [create_patient(campaign, phone=f"+59398765432{number}") for number in range(3)]
    with override_settings(TWILIO_AUTH_TOKEN="wrong"):
        send_what_waits()
    make_probe_due()

    assert send_what_waits() == 1
    assert sender_now().paused_at is None
    assert sender_now().next_probe_at is None
    assert send_what_waits() == len(patients) - 1
    assert {message.status for message in find_messages()} == {"SENT"}


def test_probe_that_is_refused_leaves_the_sender_paused(simulator: Simulation) -> None:
    shared_sender()
    create_patient(running_campaign(), phone="+593987654321")
    with override_settings(TWILIO_AUTH_TOKEN="wrong"):
        send_what_waits()
        make_probe_due()
        assert send_what_waits() == 1

    sender = sender_now()
    assert sender.paused_at is not None
    assert sender.next_probe_at is not None
    assert sender.next_probe_at > timezone.now() + pausing.PROBE_EVERY - timedelta(minutes=1)


def test_sender_paused_by_hand_is_never_probed(simulator: Simulation) -> None:
    shared_sender(paused_at=timezone.now(), pause_reason="Paused by the platform")
    create_patient(running_campaign(), phone="+593987654321")

    assert send_what_waits() == 0
    assert simulator.told() == []


def test_sender_paused_by_hand_during_a_probe_stays_paused(simulator: Simulation) -> None:
    sender = shared_sender(paused_at=timezone.now())

    with tenancy.platform("test"):
        pausing.resume_after_probe(sender.pk)

    assert sender_now().paused_at is not None


def test_due_probe_is_taken_once() -> None:
    now = timezone.now()
    shared_sender(paused_at=now, next_probe_at=now)

    with tenancy.platform("test"):
        assert len(pausing.take_due_probes()) == 1
        assert pausing.take_due_probes() == []
