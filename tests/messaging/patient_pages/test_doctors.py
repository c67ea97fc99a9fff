"""Patients of a doctor with a review link of her own are led there, whoever they are."""

import pytest
from django.test import Client
from django.utils import timezone

from core import tenancy
from messaging.dispatch.claiming import claim_batch
from messaging.models import Message
from patients.doctors.merging import merge_doctors
from patients.models import Doctor
from templates_app.models import MessageType
from tests.factories import (
    DoctorFactory,
    MessageFactory,
    PracticeFactory,
    TemplateFactory,
    UserFactory,
)
from tests.messaging.world import ALL_DAY, create_patient, running_campaign, shared_sender
from workspaces.models import Practice

pytestmark = pytest.mark.django_db

PLACE = "ChIJdoctor0001"


def ask_patient_of(name: str, practice: Practice, **fields: object) -> Message:
    patient = create_patient(
        running_campaign(practice=practice), doctor_name=name, asked_at=timezone.now()
    )
    ask: Message = MessageFactory.create(workspace=patient.workspace, patient=patient, **fields)
    return ask


@pytest.fixture
def practice() -> Practice:
    practice: Practice = PracticeFactory.create(google_place_id="ChIJpractice01", **ALL_DAY)
    return practice


@pytest.fixture
def doctor(practice: Practice) -> Doctor:
    doctor: Doctor = DoctorFactory.create(
        workspace=practice.workspace, key="ana paz", name="Ana Paz", google_place_id=PLACE
    )
    return doctor


@pytest.mark.parametrize("rating", [1, 5])
def test_link_of_the_doctor_wins_for_every_rating(
    client: Client, practice: Practice, doctor: Doctor, rating: int
) -> None:
    ask = ask_patient_of(doctor.name, practice, rating=rating)
    of_another = ask_patient_of("Dr. Juan Vera", practice, rating=rating)

    assert client.get(f"/v/{ask.patient.token}").url.endswith(PLACE)  # type: ignore[attr-defined]
    assert client.get(f"/v/{of_another.patient.token}").url.endswith("ChIJpractice01")  # type: ignore[attr-defined]


def test_text_has_the_shown_name_and_may_invite_without_a_link_of_the_practice(
    doctor: Doctor,
) -> None:
    sender = shared_sender()
    bare = PracticeFactory.create(workspace=doctor.workspace, **ALL_DAY)
    with tenancy.within(doctor.workspace_id):
        owner = UserFactory.create(workspace=doctor.workspace)
        known = DoctorFactory.create(
            workspace=doctor.workspace, key="a paz", name="A. Paz", google_place_id=""
        )
        merge_doctors(doctor=known, into=doctor, by=owner)
        TemplateFactory.create(
            workspace=doctor.workspace,
            type=MessageType.FOLLOWUP_HAPPY,
            is_default=True,
            content="{{doctor}} {{reviewLink}}",
        )
    for name in ("A. Paz", "Dr. Juan Vera"):
        ask_patient_of(name, bare, type=MessageType.FOLLOWUP_HAPPY)

    texts = sorted(message.body for message in claim_batch(sender=sender, limit=10))

    assert "/v/" in texts[0]
    assert texts[0].startswith("Ana Paz ")
    assert texts[1].startswith("Dr. Juan Vera")
    assert "/v/" not in texts[1]
