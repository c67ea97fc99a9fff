"""A WhatsApp message stores the text that Meta approved and the phone shows."""

from typing import Any

import pytest
from django.test import Client
from django.test.utils import override_settings
from django.urls import reverse

from core import tenancy
from messaging.dispatch.approved_text_backfill import fill_in_approved_texts
from messaging.dispatch.planning import plan_messages
from messaging.dispatch.sending import run_dispatch
from messaging.models import Message
from messaging.privacy import export, person_search
from templates_app import approvals
from templates_app.actions import TemplateDetails, change_template
from templates_app.models import ApprovedText, Channel, Template
from tests.dev.doubles.simulation import Simulation
from tests.factories import InboundMessageFactory, TemplateFactory, UserFactory
from tests.messaging.world import create_patient, find_messages, running_campaign, shared_sender

pytestmark = pytest.mark.django_db(transaction=True)

SID = "HX" + "a1" * 16
OURS = "Hola {{firstName}}, ¿qué tal en {{practice}}? Responda del 1 al 5."
APPROVED = "Buenas, {{1}}. Califique su cita en {{2}} con los botones. Para no recibir más: BAJA."


def approve(simulator: Simulation, body: str = APPROVED, **more: Any) -> None:
    simulator.control("PUT", f"contents/{SID}", {"body": body, "buttons": ["1", "5"]} | more)


def text_with_approval(campaign: Any, **fields: Any) -> Template:
    template: Template = TemplateFactory.create(
        workspace=campaign.workspace,
        **{
            "content": OURS,
            "variables": ["firstName", "practice"],
            "is_default": True,
            "whatsapp_content_sid": SID,
        }
        | fields,
    )
    return template


def read_approval(template: Template) -> ApprovedText:
    with tenancy.platform("test"):
        text = approvals.request_check(workspace_id=template.workspace_id, content_sid=SID)
    approvals.check_text(text.pk)
    with tenancy.platform("test"):
        return ApprovedText.objects.get(pk=text.pk)


def send(channel: str = Channel.WHATSAPP, *, read_first: bool, name: str = "María José") -> Message:
    shared_sender(channel, address="whatsapp:+12025550124")
    campaign = running_campaign()
    template = text_with_approval(campaign)
    if read_first:
        read_approval(template)
    create_patient(campaign, name=name, preferred_channel=channel)
    plan_messages()
    run_dispatch()
    [message] = find_messages()
    return message


def test_message_keeps_the_approved_words_that_the_phone_shows(simulator: Simulation) -> None:
    approve(simulator)

    message = send(read_first=True)

    [told] = simulator.told()
    assert message.content == told["body"]
    assert message.content.startswith("Buenas, María. Califique su cita en ")
    assert message.content.endswith("con los botones. Para no recibir más: BAJA.")
    assert (message.content_sid, message.content_values) == (SID, None)


def test_words_unknown_at_sending_are_marked_and_filled_in_later(simulator: Simulation) -> None:
    message = send(read_first=False)

    assert message.content.startswith(
        f"Plantilla aprobada {SID} de WhatsApp; su texto aún no se ha leído de Twilio."
    )
    assert "{{1}} = María" in message.content
    assert "¿qué tal en" not in message.content
    assert message.content_values

    approve(simulator)
    assert approvals.check_due() == 1
    assert fill_in_approved_texts() == 1

    [message] = find_messages()
    assert message.content.startswith("Buenas, María. Califique su cita en ")
    assert message.content_values is None
    assert fill_in_approved_texts() == 0


def test_message_is_sent_while_twilio_content_api_is_down(simulator: Simulation) -> None:
    approve(simulator)
    with override_settings(TWILIO_CONTENT_BASE_URL="http://127.0.0.1:9"):
        message = send(read_first=True)
    assert (message.status, message.content_values is None) == ("SENT", False)

    with tenancy.platform("test"):
        text = ApprovedText.objects.get()
    assert (text.error, text.body, text.fetched_at) == ("unreachable", "", None)


def test_message_inside_a_conversation_keeps_our_words(simulator: Simulation) -> None:
    approve(simulator)
    shared_sender(Channel.WHATSAPP, address="whatsapp:+12025550124")
    campaign = running_campaign()
    read_approval(text_with_approval(campaign))
    patient = create_patient(campaign, name="Ana Rivadeneira", preferred_channel=Channel.WHATSAPP)
    InboundMessageFactory.create(
        workspace=campaign.workspace, patient=patient, channel=Channel.WHATSAPP
    )
    plan_messages()
    run_dispatch()

    [message] = find_messages()
    assert message.content.startswith("Hola Ana, ¿qué tal en ")
    assert (message.content_sid, message.content_values) == ("", None)


def test_sms_of_the_same_text_keeps_our_words(simulator: Simulation) -> None:
    shared_sender()
    campaign = running_campaign()
    text_with_approval(campaign)
    create_patient(campaign, name="Ana Rivadeneira")
    plan_messages()
    run_dispatch()

    [message] = find_messages()
    assert message.content.startswith("Hola Ana, ¿qué tal en ")
    assert message.content_sid == ""


def test_gap_without_a_value_is_filled_with_its_sample(simulator: Simulation) -> None:
    approve(simulator, "Hola {{1}}, de {{2}} con {{3}}.", variables={"3": "su médico"})

    message = send(read_first=True)

    assert message.content == simulator.told()[0]["body"]
    assert message.content.endswith("con su médico.")


def test_timeline_api_and_export_show_the_approved_words(
    simulator: Simulation, client: Client
) -> None:
    approve(simulator)
    message = send(read_first=True)
    owner = UserFactory.create(workspace_id=message.workspace_id, language="en")
    client.force_login(owner)

    story = client.get(reverse("patient_story", args=[message.patient_id])).content.decode()
    assert "Califique su cita en" in story
    assert "¿qué tal en" not in story
    assert "Sent in the words that Meta approved" in story

    with tenancy.within(message.workspace_id):
        person = person_search.find_by_patient(message.patient)
        [visit] = export.build_export(person, message.patient.workspace)["appointments"]
    [exported] = visit["messages"]
    assert exported["text"] == message.content
    assert exported["approved_template"] == SID


def test_edited_text_fills_the_gaps_of_the_approved_words(simulator: Simulation) -> None:
    approve(simulator)
    shared_sender(Channel.WHATSAPP, address="whatsapp:+12025550124")
    campaign = running_campaign()
    template = text_with_approval(campaign)
    read_approval(template)
    edited = TemplateDetails(name=template.name, content="En {{practice}} le saludamos, {{doctor}}")
    with tenancy.platform("test"):
        change_template(template=template, details=edited, by=UserFactory.create())
    create_patient(campaign, name="María José", preferred_channel=Channel.WHATSAPP)

    plan_messages()
    run_dispatch()

    [message] = find_messages()
    assert message.content.startswith("Buenas, María. Califique su cita en ")
    assert message.content_sid == SID


@pytest.mark.parametrize("status", ["paused", "rejected", "pending"])
def test_words_that_meta_does_not_approve_are_not_sent(simulator: Simulation, status: str) -> None:
    approve(simulator, status=status)

    message = send(read_first=True)

    assert message.content_sid == ""
    assert message.content.startswith("Hola María, ¿qué tal en ")
