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
from tests.messaging.webhooks.calls import PATIENT, on_whatsapp, say
from tests.messaging.webhooks.rows import asked, errors, events, fresh, inbox_of, is_suppressed
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db

ANA = {"From": "whatsapp:EC.1a2b3c", "ExternalUserId": "EC.1a2b3c"}
OTHER_PHONE = "+593987650001"


def another(sender: Sender, workspace: Workspace | None = None) -> Message:
    """An ask to somebody else, through the same sender."""
    workspace = workspace or WorkspaceFactory.create()
    patient = PatientFactory.create(workspace=workspace, phone=OTHER_PHONE)
    return asked(sender, patient=patient)


def known() -> list[tuple[str, str]]:
    with tenancy.platform("test"):
        return list(HiddenNumber.objects.order_by("pk").values_list("user_id", "address"))


def quoting(ask: Message, body: str) -> dict[str, str]:
    return on_whatsapp(body, OriginalRepliedMessageSid=str(ask.external_id)) | ANA


def test_baja_without_a_quote_stops_who_quoted_before(whatsapp: Sender) -> None:
    ask, stranger = asked(whatsapp), another(whatsapp)
    say(quoting(ask, "5"))
    assert known() == [("EC.1a2b3c", PATIENT)]

    say(on_whatsapp("BAJA") | ANA)

    assert is_suppressed(ask)
    assert fresh(ask).patient.opted_out_at
    assert fresh(stranger).patient.opted_out_at is None
    assert errors() == ["", ""]


def test_id_without_the_external_field_is_known_as_well(whatsapp: Sender) -> None:
    ask = asked(whatsapp)
    another(whatsapp)
    say(quoting(ask, "5") | {"ExternalUserId": ""})
    say(on_whatsapp("BAJA") | {"From": ANA["From"]})

    assert is_suppressed(ask)


def test_phone_shown_once_ties_the_id_for_later(whatsapp: Sender) -> None:
    ask = asked(whatsapp)
    another(whatsapp)
    say(on_whatsapp("5", ExternalUserId="EC.1a2b3c"))
    say(on_whatsapp("BAJA") | ANA)

    assert is_suppressed(ask)


def test_only_open_ask_is_taken_to_be_meant(whatsapp: Sender) -> None:
    ask = asked(whatsapp)

    say(on_whatsapp("BAJA") | ANA)

    assert is_suppressed(ask)
    assert known() == [("EC.1a2b3c", PATIENT)]


def test_baja_of_the_only_open_phone_is_heeded_though_two_clinics_asked(
    whatsapp: Sender,
) -> None:
    asks = [asked(whatsapp), asked(whatsapp)]

    say(on_whatsapp("BAJA") | ANA)

    assert [is_suppressed(ask) for ask in asks] == [True, True]
    assert inbox_of(asks[0]) == inbox_of(asks[1]) == []


def test_ask_of_somebody_known_by_another_id_is_not_open(whatsapp: Sender) -> None:
    ask, stranger = asked(whatsapp), another(whatsapp)
    with tenancy.platform("test"):
        HiddenNumber.objects.create(
            workspace=stranger.workspace, sender=whatsapp, user_id="EC.zz", address=OTHER_PHONE
        )

    say(on_whatsapp("BAJA") | ANA)

    assert is_suppressed(ask)


def test_later_quote_corrects_an_earlier_guess(whatsapp: Sender) -> None:
    ask = asked(whatsapp)
    say(on_whatsapp("hola") | ANA)
    assert known() == [("EC.1a2b3c", PATIENT)]

    say(quoting(another(whatsapp, ask.workspace), "4"))

    assert known() == [("EC.1a2b3c", OTHER_PHONE)]


def test_baja_of_nobody_waits_with_an_alarm_and_is_heeded_once_tied(whatsapp: Sender) -> None:
    ask, _stranger = asked(whatsapp), another(whatsapp)
    say(on_whatsapp("BAJA") | ANA)
    assert errors() == [hidden_numbers.UNKNOWN_HIDDEN_NUMBER]
    assert not is_suppressed(ask)

    StaffFactory.create(email="staff@example.com", language="es")
    alerts.alert_untied_opt_out(event_id=events()[0].pk)
    alerts.alert_untied_opt_out(event_id=events()[0].pk)
    [letter] = mail.outbox
    assert str(events()[0].pk) in letter.body
    assert PATIENT not in letter.body

    say(quoting(ask, "gracias"))

    assert errors() == ["", ""]
    assert is_suppressed(ask)
    assert [one.body for one in inbox_of(ask)] == ["gracias", "BAJA"]


def test_alta_that_ties_does_not_replay_the_baja_before_it(whatsapp: Sender) -> None:
    ask, _stranger = asked(whatsapp), another(whatsapp)
    say(on_whatsapp("BAJA") | ANA)

    say(quoting(ask, "ALTA"))

    assert not is_suppressed(ask)


def test_id_means_nothing_to_another_sender(whatsapp: Sender) -> None:
    ask = asked(whatsapp)
    say(quoting(ask, "5"))
    theirs = SenderFactory.create(workspace=None, address="+15005559999", channel=Channel.WHATSAPP)
    for phone in (PATIENT, OTHER_PHONE):
        asked(theirs, patient=PatientFactory.create(phone=phone))

    say(on_whatsapp("BAJA") | ANA | {"To": "whatsapp:+15005559999"})

    assert errors()[-1] == hidden_numbers.UNKNOWN_HIDDEN_NUMBER


def test_stop_of_a_hidden_number_reaches_every_clinic_of_the_sender(whatsapp: Sender) -> None:
    ask, there = asked(whatsapp), asked(whatsapp, hours_ago=100)
    say(quoting(ask, "BAJA"))

    assert is_suppressed(ask)
    assert is_suppressed(there)


def test_export_names_the_id_and_an_erasure_forgets_it(whatsapp: Sender) -> None:
    ask = asked(whatsapp)
    say(quoting(ask, "5"))
    say(on_whatsapp("¿Atienden el sábado?") | ANA)
    with tenancy.within(ask.workspace_id):
        patient = Patient.objects.select_related("workspace").get(pk=ask.patient_id)
        person = person_search.find_by_patient(patient)
        [told] = export.build_export(person, patient.workspace)["whatsapp_ids"]
        assert (told["user_id"], told["address"]) == ("EC.1a2b3c", PATIENT)
        erasure.erase_patients(patients=person.rows, by=None)

    anonymization.finish_erasures(ask.workspace_id, now=timezone.now() + timedelta(days=31))

    assert known() == []
    assert "EC.1a2b3c" not in json.dumps([event.payload for event in events()])
