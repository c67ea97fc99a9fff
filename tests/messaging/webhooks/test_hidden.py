"""People who hide their phone on WhatsApp: known from the first message that ties them."""

import json
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from core import tenancy
from messaging import alerts
from messaging.models import HiddenNumber, Message, Sender
from messaging.privacy import anonymization, export, person_search
from messaging.webhooks import hidden_numbers
from patients import erasure
from patients.models import Patient
from templates_app.models import Channel
from tests.factories import PatientFactory, SenderFactory, StaffFactory, WorkspaceFactory
from tests.messaging.webhooks.calls import PATIENT, receive_text, whatsapp_fields
from tests.messaging.webhooks.rows import (
    call_errors,
    create_delivered_ask,
    inbox_of,
    is_suppressed,
    reload_message,
    stored_calls,
)
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db

ANA = {"From": "whatsapp:EC.1a2b3c", "ExternalUserId": "EC.1a2b3c"}
OTHER_PHONE = "+593987650001"


def create_other_ask(sender: Sender, workspace: Workspace | None = None) -> Message:
    """An ask to somebody else, through the same sender."""
    workspace = workspace or WorkspaceFactory.create()
    patient = PatientFactory.create(workspace=workspace, phone=OTHER_PHONE)
    return create_delivered_ask(sender, patient=patient)


def known_ids() -> list[tuple[str, str]]:
    with tenancy.platform("test"):
        return list(HiddenNumber.objects.order_by("pk").values_list("user_id", "address"))


def quote(ask: Message, body: str) -> dict[str, str]:
    return whatsapp_fields(body, OriginalRepliedMessageSid=str(ask.external_id)) | ANA


def test_baja_without_quote_stops_patient_who_quoted_before(whatsapp: Sender) -> None:
    ask, stranger = create_delivered_ask(whatsapp), create_other_ask(whatsapp)
    receive_text(quote(ask, "5"))
    assert known_ids() == [("EC.1a2b3c", PATIENT)]

    receive_text(whatsapp_fields("BAJA") | ANA)

    assert is_suppressed(ask)
    assert reload_message(ask).patient.opted_out_at
    assert reload_message(stranger).patient.opted_out_at is None
    assert call_errors() == ["", ""]


def test_id_without_the_external_field_is_recognised(whatsapp: Sender) -> None:
    ask = create_delivered_ask(whatsapp)
    create_other_ask(whatsapp)
    receive_text(quote(ask, "5") | {"ExternalUserId": ""})
    receive_text(whatsapp_fields("BAJA") | {"From": ANA["From"]})

    assert is_suppressed(ask)


def test_phone_shown_once_identifies_the_id_later(whatsapp: Sender) -> None:
    ask = create_delivered_ask(whatsapp)
    create_other_ask(whatsapp)
    receive_text(whatsapp_fields("5", ExternalUserId="EC.1a2b3c"))
    receive_text(whatsapp_fields("BAJA") | ANA)

    assert is_suppressed(ask)


def test_reply_is_assigned_to_the_only_open_ask(whatsapp: Sender) -> None:
    ask = create_delivered_ask(whatsapp)

    receive_text(whatsapp_fields("BAJA") | ANA)

    assert is_suppressed(ask)
    assert known_ids() == [("EC.1a2b3c", PATIENT)]


def test_baja_of_the_only_open_phone_is_applied_although_two_clinics_asked(
    whatsapp: Sender,
) -> None:
    asks = [create_delivered_ask(whatsapp), create_delivered_ask(whatsapp)]

    receive_text(whatsapp_fields("BAJA") | ANA)

    assert [is_suppressed(ask) for ask in asks] == [True, True]
    assert inbox_of(asks[0]) == inbox_of(asks[1]) == []


def test_ask_of_a_patient_with_another_id_is_not_open(whatsapp: Sender) -> None:
    ask, stranger = create_delivered_ask(whatsapp), create_other_ask(whatsapp)
    with tenancy.platform("test"):
        HiddenNumber.objects.create(
            workspace=stranger.workspace, sender=whatsapp, user_id="EC.zz", address=OTHER_PHONE
        )

    receive_text(whatsapp_fields("BAJA") | ANA)

    assert is_suppressed(ask)


def test_later_quote_corrects_an_earlier_guess(whatsapp: Sender) -> None:
    ask = create_delivered_ask(whatsapp)
    receive_text(whatsapp_fields("hola") | ANA)
    assert known_ids() == [("EC.1a2b3c", PATIENT)]

    receive_text(quote(create_other_ask(whatsapp, ask.workspace), "4"))

    assert known_ids() == [("EC.1a2b3c", OTHER_PHONE)]


def test_unassigned_baja_alerts_staff_and_is_applied_once_assigned(whatsapp: Sender) -> None:
    ask, _stranger = create_delivered_ask(whatsapp), create_other_ask(whatsapp)
    receive_text(whatsapp_fields("BAJA") | ANA)
    assert call_errors() == [hidden_numbers.UNKNOWN_HIDDEN_NUMBER]
    assert not is_suppressed(ask)

    StaffFactory.create(email="staff@example.com", language="es")
    alerts.alert_untied_opt_out(event_id=stored_calls()[0].pk)
    alerts.alert_untied_opt_out(event_id=stored_calls()[0].pk)
    [letter] = mail.outbox
    assert str(stored_calls()[0].pk) in letter.body
    assert PATIENT not in letter.body

    receive_text(quote(ask, "gracias"))

    assert call_errors() == ["", ""]
    assert is_suppressed(ask)
    assert [one.body for one in inbox_of(ask)] == ["gracias", "BAJA"]


def test_alta_that_identifies_patient_does_not_apply_earlier_baja(whatsapp: Sender) -> None:
    ask, _stranger = create_delivered_ask(whatsapp), create_other_ask(whatsapp)
    receive_text(whatsapp_fields("BAJA") | ANA)

    receive_text(quote(ask, "ALTA"))

    assert not is_suppressed(ask)


def test_id_is_unknown_to_another_sender(whatsapp: Sender) -> None:
    ask = create_delivered_ask(whatsapp)
    receive_text(quote(ask, "5"))
    theirs = SenderFactory.create(workspace=None, address="+15005559999", channel=Channel.WHATSAPP)
    for phone in (PATIENT, OTHER_PHONE):
        create_delivered_ask(theirs, patient=PatientFactory.create(phone=phone))

    receive_text(whatsapp_fields("BAJA") | ANA | {"To": "whatsapp:+15005559999"})

    assert call_errors()[-1] == hidden_numbers.UNKNOWN_HIDDEN_NUMBER


def test_stop_of_a_hidden_number_reaches_every_clinic_of_the_sender(whatsapp: Sender) -> None:
    ask, there = create_delivered_ask(whatsapp), create_delivered_ask(whatsapp, hours_ago=100)
    receive_text(quote(ask, "BAJA"))

    assert is_suppressed(ask)
    assert is_suppressed(there)


def test_id_is_exported_and_deleted_by_erasure(whatsapp: Sender) -> None:
    ask = create_delivered_ask(whatsapp)
    receive_text(quote(ask, "5"))
    receive_text(whatsapp_fields("¿Atienden el sábado?") | ANA)
    with tenancy.within(ask.workspace_id):
        patient = Patient.objects.select_related("workspace").get(pk=ask.patient_id)
        person = person_search.find_by_patient(patient)
        [told] = export.build_export(person, patient.workspace)["whatsapp_ids"]
        assert (told["user_id"], told["address"]) == ("EC.1a2b3c", PATIENT)
        erasure.erase_patients(patients=person.rows, by=None)

    anonymization.finish_erasures(ask.workspace_id, now=timezone.now() + timedelta(days=31))

    assert known_ids() == []
    assert "EC.1a2b3c" not in json.dumps([event.payload for event in stored_calls()])
