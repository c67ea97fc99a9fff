"""BAJA and ALTA are confirmed by one message, and nothing follows."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from billing.models import EntryKind
from core import tenancy
from messaging.channels import OutgoingMessage, SendOutcome, SendResult
from messaging.dispatch import sweeping
from messaging.dispatch.claiming import claim_batch
from messaging.dispatch.settling import settle_batch
from messaging.models import Message, Sender
from messaging.patient_texts.messages import CONFIRMATIONS
from patients.models import Patient
from templates_app.segments import measure_text
from tests.factories import CreditEntryFactory, MessageFactory, PracticeFactory, SenderFactory
from tests.messaging.holding.holds import create_ask
from tests.messaging.webhooks.calls import PATIENT, TOKEN, US, receive_text, text_fields
from tests.messaging.webhooks.rows import reload_message
from tests.messaging.world import (
    ALL_DAY,
    create_patient,
    find_messages,
    running_campaign,
    shared_sender,
)
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _account(settings: Any) -> None:
    settings.TWILIO_AUTH_TOKEN = TOKEN
    settings.SITE_URL = "https://opiniones.example.com"


@pytest.fixture
def sender() -> Sender:
    return shared_sender(address=US)


def take(sender: Sender, **later: float) -> list[OutgoingMessage]:
    return claim_batch(sender=sender, limit=10, now=timezone.now() + timedelta(**later))


def credits_of(workspace: Workspace) -> int:
    with tenancy.platform("test"):
        return Workspace.objects.get(pk=workspace.pk).message_credits


@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_baja_is_confirmed_once_in_the_language_of_the_patient(
    sender: Sender, language: str
) -> None:
    practice = PracticeFactory.create(name="Consultorio Sol", **ALL_DAY)
    patient = create_patient(
        running_campaign(practice=practice),
        phone=PATIENT,
        language=language,
        asked_at=timezone.now(),
    )
    ask = create_ask(sender, patient)
    receive_text(text_fields("BAJA"))

    [sent] = take(sender)

    words = CONFIRMATIONS["CONFIRM_STOP"][language]
    assert sent.body == words.replace("{{practice}}", "Consultorio Sol")
    assert (sent.to, sent.sender) == (PATIENT, US)
    assert credits_of(ask.workspace) == 49  # it costs a credit, like every message
    settle_batch([(sent, SendOutcome(SendResult.ACCEPTED, external_id="SM1"))])
    receive_text(text_fields("STOP"))
    receive_text(text_fields("baja"))
    assert take(sender) == []


@pytest.mark.parametrize("type", CONFIRMATIONS)
@pytest.mark.parametrize("language", ["es", "en", "pt"])
def test_confirmation_fits_one_segment(type: str, language: str) -> None:
    words = CONFIRMATIONS[type][language]

    measured = measure_text(words.replace("{{practice}}", "Centro Odontologico Norte de Quito"))

    assert measured.count == 1


def test_alta_is_confirmed_once_after_a_baja(sender: Sender) -> None:
    create_ask(sender)
    receive_text(text_fields("BAJA"))
    take(sender)
    receive_text(text_fields("ALTA"))

    [sent] = take(sender)

    assert "otra vez" in sent.body
    receive_text(text_fields("ALTA"))
    assert take(sender) == []


def test_alta_without_earlier_baja_is_not_confirmed(sender: Sender) -> None:
    create_ask(sender)
    receive_text(text_fields("ALTA"))

    assert find_messages(type="CONFIRM_START") == []


def test_baja_undone_before_its_confirmation_is_not_confirmed(sender: Sender) -> None:
    create_ask(sender)
    receive_text(text_fields("BAJA"))
    receive_text(text_fields("ALTA"))

    [sent] = take(sender)

    assert "otra vez" in sent.body
    [stop] = find_messages(type="CONFIRM_STOP")
    assert (stop.status, stop.error) == ("CANCELLED", "came back")


def test_no_confirmation_is_sent_if_twilio_confirms(sender: Sender) -> None:
    ask = create_ask(sender)
    receive_text(text_fields("STOP", OptOutType="STOP"))

    assert find_messages(type="CONFIRM_STOP") == []
    assert reload_message(ask).patient.opted_out_at


def test_carrier_that_blocks_the_confirmation_gives_the_credit_back(sender: Sender) -> None:
    ask = create_ask(sender)
    receive_text(text_fields("STOP"))
    [sent] = take(sender)

    settle_batch([(sent, SendOutcome(SendResult.REJECTED, code="21610"))])

    [kept] = find_messages(type="CONFIRM_STOP")
    assert kept.status == "FAILED"
    assert credits_of(ask.workspace) == 50
    assert take(sender, minutes=1) == []


def test_one_confirmation_for_all_clinics_of_a_shared_sender(sender: Sender) -> None:
    there = create_ask(sender)
    with tenancy.platform("test"):
        Message.objects.filter(pk=there.pk).update(created_at=timezone.now() - timedelta(days=4))
    here = create_ask(sender)
    receive_text(text_fields("BAJA"))

    [sent] = take(sender)

    assert sent.workspace_id == here.workspace_id
    assert reload_message(there).patient.opted_out_at


def test_confirmation_is_sent_by_the_number_that_got_the_text(sender: Sender) -> None:
    create_ask(sender)
    receive_text(text_fields("BAJA"))

    assert take(shared_sender(address="+15005550009")) == []
    assert len(take(sender)) == 1


def test_confirmation_that_waited_too_long_is_dropped(sender: Sender) -> None:
    ask = create_ask(sender)
    with tenancy.platform("test"):
        CreditEntryFactory.create(workspace=ask.workspace, kind=EntryKind.EXPIRY, amount=-50)
    receive_text(text_fields("BAJA"))
    assert take(sender) == []

    sweeping.sweep_unsettled(now=timezone.now() + timedelta(minutes=6))

    [kept] = find_messages(type="CONFIRM_STOP")
    assert (kept.status, kept.error) == ("CANCELLED", "too old")


def test_confirmation_with_lost_response_is_not_sent_again(sender: Sender) -> None:
    """Ten minutes of silence are more than the five within which it may be sent."""
    create_ask(sender)
    receive_text(text_fields("BAJA"))
    [sent] = take(sender)
    with tenancy.platform("test"):
        Message.objects.filter(pk=sent.id).update(status="PENDING", claimed_until=None)

    assert take(sender, minutes=11) == []
    [kept] = find_messages(type="CONFIRM_STOP")
    assert (kept.status, kept.attempt) == ("CANCELLED", 1)


@pytest.mark.parametrize("what", ["erased", "no consent"])
def test_confirmation_is_cancelled_without_consent_or_after_erasure(
    sender: Sender, what: str
) -> None:
    ask = create_ask(sender)
    receive_text(text_fields("BAJA"))
    with tenancy.platform("test"):
        found = Patient.objects.filter(pk=ask.patient_id)
        if what == "erased":
            found.update(data_deleted_at=timezone.now())
        else:
            found.update(has_consent=False)

    assert take(sender) == []
    [kept] = find_messages(type="CONFIRM_STOP")
    assert (kept.status, kept.error) == ("CANCELLED", what)


def test_paused_campaign_still_confirms(sender: Sender) -> None:
    ask = create_ask(sender)
    with tenancy.platform("test"):
        type(ask.campaign).objects.filter(pk=ask.campaign_id).update(status="PAUSED")
    receive_text(text_fields("BAJA"))

    assert len(take(sender)) == 1


def test_own_sender_of_a_clinic_confirms_too() -> None:
    campaign = running_campaign()
    own = SenderFactory.create(workspace=campaign.workspace, address=US, two_way=True)
    patient = create_patient(campaign, phone=PATIENT, asked_at=timezone.now())
    create_ask(own, patient)
    waiting = MessageFactory.create(
        workspace=campaign.workspace, patient=patient, type="FOLLOWUP_HAPPY"
    )
    receive_text(text_fields("BAJA"))

    [sent] = take(own)

    assert sent.id != waiting.pk
    assert reload_message(waiting).status == "CANCELLED"
