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


def panel(client: Client, patient: Patient) -> Any:
    response = client.get(reverse("patient_story", args=[patient.pk]))
    assert response.status_code == 200
    return response


def ago(hours: int) -> Any:
    return timezone.now() - timedelta(hours=hours)


def test_a_story_is_told_in_the_order_of_time(client: Client, patient: Patient) -> None:
    kept = {"workspace": patient.workspace, "patient": patient}
    ask = MessageFactory.create(
        **kept,
        content="¿Cómo fue su visita?",
        status=MessageStatus.REPLIED,
        sent_at=ago(6),
        delivered_at=ago(5),
        read_at=ago(5),
        replied_at=ago(4),
        rating=2,
    )
    InboundMessageFactory.create(
        **kept,
        message=ask,
        body="2, esperé mucho",
        intent=Intent.RATING,
        rating=2,
        received_at=ago(4),
    )
    MessageFactory.create(
        **kept,
        type=MessageType.FOLLOWUP_UNHAPPY,
        status=MessageStatus.FAILED,
        error="No such number",
        error_code="21211",
        sent_at=ago(3),
    )
    FeedbackFactory.create(
        workspace=patient.workspace, message=ask, patient=patient, comment="Nadie me avisó"
    )

    response = panel(client, patient)

    events = response.context["events"]
    moments = [event.at for event in events]
    assert moments == sorted(moments)
    texts = [event.text for event in events if event.text]
    assert texts == ["¿Cómo fue su visita?", "2, esperé mucho", "lunes.csv", "Nadie me avisó"]
    for said in ("lunes.csv", "¿Cómo fue su visita?", "2, esperé mucho", "Nadie me avisó"):
        assert said in response.text
    assert "This phone number does not exist. (21211)" in response.text
    assert "2 of 5" in response.text


def test_a_rating_by_a_tap_is_told_and_one_by_words_once(client: Client, patient: Patient) -> None:
    MessageFactory.create(
        workspace=patient.workspace,
        patient=patient,
        status=MessageStatus.REPLIED,
        sent_at=ago(2),
        replied_at=ago(1),
        rating=5,
        comment="Muy bien",
    )

    rated = [event for event in panel(client, patient).context["events"] if event.rating]

    assert [(event.rating, event.text) for event in rated] == [(5, "Muy bien")]


def test_what_a_patient_wrote_stays_text(client: Client, patient: Patient) -> None:
    InboundMessageFactory.create(
        workspace=patient.workspace, patient=patient, body="<script>alert(1)</script>"
    )

    assert "<script>" not in panel(client, patient).text


def test_a_story_costs_the_same_however_long_it_is(client: Client, patient: Patient) -> None:
    counted = []
    panel(client, patient)
    for _round in range(2):
        for _each in range(5):
            InboundMessageFactory.create(workspace=patient.workspace, patient=patient)
        with CaptureQueriesContext(connection) as queries:
            panel(client, patient)
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
def test_failed_message_says_why_in_the_readers_language(
    client: Client, patient: Patient, read: str, code: str, said: str
) -> None:
    User.objects.update(language=read)
    MessageFactory.create(
        workspace=patient.workspace,
        patient=patient,
        channel="EMAIL",
        status=MessageStatus.FAILED,
        error_code=code,
        sent_at=ago(2),
    )

    assert said in panel(client, patient).content.decode()
