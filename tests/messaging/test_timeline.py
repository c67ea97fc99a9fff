from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from messaging.models import Intent, MessageStatus
from patients.models import Patient
from templates_app.models import MessageType
from tests.factories import (
    ConversationFactory,
    FeedbackFactory,
    ImportFactory,
    InboundMessageFactory,
    MessageFactory,
    PatientFactory,
    UserFactory,
)
from workspaces.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> User:
    user = UserFactory.create(language="en")
    client.force_login(user)
    return user


@pytest.fixture
def patient(owner: User) -> Patient:
    listed = ImportFactory.create(workspace=owner.workspace, filename="lunes.csv")
    patient: Patient = PatientFactory.create(
        workspace=owner.workspace,
        source=listed,
        campaign=listed.campaign,
        appointment_time=timezone.now() - timedelta(hours=9),
    )
    return patient


def get_timeline(client: Client, patient: Patient) -> Any:
    response = client.get(reverse("patient_story", args=[patient.pk]))
    assert response.status_code == 200
    return response


def hours_ago(hours: int) -> Any:
    return timezone.now() - timedelta(hours=hours)


def test_timeline_is_in_order_of_time(client: Client, patient: Patient) -> None:
    shared = {"workspace": patient.workspace, "patient": patient}
    ask = MessageFactory.create(
        **shared,
        content="¿Cómo fue su visita?",
        status=MessageStatus.REPLIED,
        sent_at=hours_ago(6),
        delivered_at=hours_ago(5),
        read_at=hours_ago(5),
        replied_at=hours_ago(4),
        rating=2,
    )
    InboundMessageFactory.create(
        **shared,
        message=ask,
        body="2, esperé mucho",
        intent=Intent.RATING,
        rating=2,
        received_at=hours_ago(4),
    )
    MessageFactory.create(
        **shared,
        type=MessageType.FOLLOWUP_UNHAPPY,
        status=MessageStatus.FAILED,
        error="No such number",
        error_code="21211",
        sent_at=hours_ago(3),
    )
    FeedbackFactory.create(
        workspace=patient.workspace, message=ask, patient=patient, comment="Nadie me avisó"
    )

    response = get_timeline(client, patient)

    events = response.context["events"]
    moments = [event.at for event in events]
    assert moments == sorted(moments)
    texts = [event.text for event in events if event.text]
    assert texts == ["¿Cómo fue su visita?", "2, esperé mucho", "lunes.csv", "Nadie me avisó"]
    for said in ("lunes.csv", "¿Cómo fue su visita?", "2, esperé mucho", "Nadie me avisó"):
        assert said in response.text
    assert "This phone number does not exist. (21211)" in response.text
    assert "2 of 5" in response.text


def test_rating_from_the_page_is_one_event(client: Client, patient: Patient) -> None:
    MessageFactory.create(
        workspace=patient.workspace,
        patient=patient,
        status=MessageStatus.REPLIED,
        sent_at=hours_ago(2),
        replied_at=hours_ago(1),
        rating=5,
        comment="Muy bien",
    )

    rated = [event for event in get_timeline(client, patient).context["events"] if event.rating]

    assert [(event.rating, event.text) for event in rated] == [(5, "Muy bien")]


def test_patients_text_is_escaped(client: Client, patient: Patient) -> None:
    InboundMessageFactory.create(
        workspace=patient.workspace, patient=patient, body="<script>alert(1)</script>"
    )

    assert "<script>" not in get_timeline(client, patient).text


def test_query_count_does_not_grow_with_the_timeline(client: Client, patient: Patient) -> None:
    counted = []
    get_timeline(client, patient)
    for _round in range(2):
        for _each in range(5):
            InboundMessageFactory.create(workspace=patient.workspace, patient=patient)
        with CaptureQueriesContext(connection) as queries:
            get_timeline(client, patient)
        counted.append(len(queries))

    assert counted[0] == counted[1] < 20


@pytest.mark.parametrize(
    ("read", "code", "said"),
    [
        ("en", "mail_unknown", "This e-mail address does not exist."),
        ("es", "mail_unknown", "Esta dirección de correo no existe."),
        ("es", "mail_complaint", "El paciente marcó el correo como spam."),
        ("es", "mail_full", "El buzón del paciente está lleno."),
        ("es", "30003", "El teléfono está apagado"),
    ],
)
def test_failed_message_is_explained_in_the_users_language(
    client: Client, patient: Patient, read: str, code: str, said: str
) -> None:
    User.objects.update(language=read)
    MessageFactory.create(
        workspace=patient.workspace,
        patient=patient,
        channel="EMAIL",
        status=MessageStatus.FAILED,
        error_code=code,
        sent_at=hours_ago(2),
    )

    assert said in get_timeline(client, patient).content.decode()


def test_story_says_in_the_head_of_the_page_what_the_patient_rated(
    client: Client, patient: Patient
) -> None:
    MessageFactory.create(
        workspace=patient.workspace,
        patient=patient,
        campaign=patient.campaign,
        status="REPLIED",
        rating=5,
        sent_at=hours_ago(3),
        replied_at=hours_ago(2),
    )
    story = get_timeline(client, patient).content.decode()

    assert 'id="patient-outcome" hx-swap-oob="true">Rated the visit 5 of 5 on' in story


def test_story_links_to_the_conversation(client: Client, patient: Patient) -> None:
    talk = ConversationFactory.create(workspace=patient.workspace, patient=patient)

    assert reverse("inbox_conversation", args=[talk.pk]) in get_timeline(client, patient).text
