"""Edit a patient, move an appointment, opt out and withdraw consent."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from patients.models import Patient
from tests.factories import (
    CampaignFactory,
    PatientFactory,
    PracticeFactory,
)
from tests.patients.patient_pages.pages import reload
from workspaces.models import User

pytestmark = pytest.mark.django_db


def form_data(patient: Patient, **changed: str) -> dict[str, str]:
    return {
        "name": patient.name,
        "phone": patient.phone,
        "email": patient.email,
        "preferred_channel": patient.preferred_channel,
        "language": patient.language,
        "seen": reload(patient).updated_at.isoformat(),
    } | changed


def test_edited_number_is_normalized(client: Client, patient: Patient) -> None:
    address = reverse("patient_edit", args=[patient.pk])

    response = client.post(
        address, form_data(patient, phone="098 765 4321", email="Eva@Example.com", name="Eva")
    )

    assert response.status_code == 302
    now = reload(patient)
    assert (now.name, now.phone, now.email) == ("Eva", "+593987654321", "eva@example.com")


@pytest.mark.parametrize(
    "changed",
    [
        {"phone": "12345"},
        {"phone": "", "email": ""},
        {"email": "nobody"},
        {"preferred_channel": "FAX"},
        {"language": "qu"},
    ],
)
def test_invalid_value_is_refused_beside_its_field(
    client: Client, patient: Patient, changed: dict[str, str]
) -> None:
    before = reload(patient)
    response = client.post(reverse("patient_edit", args=[patient.pk]), form_data(patient) | changed)

    assert response.status_code == 200
    assert response.context["form"].errors
    assert vars(reload(patient))["updated_at"] == before.updated_at


def test_edit_of_stale_state_is_reported_and_can_be_repeated(
    client: Client, patient: Patient
) -> None:
    address = reverse("patient_edit", args=[patient.pk])
    mine = form_data(patient, name="Mine")
    client.post(address, form_data(patient, name="Theirs"))

    refused = client.post(address, mine)
    assert "Someone changed this patient" in refused.text
    assert reload(patient).name == "Theirs"

    client.post(address, mine | {"seen": refused.context["form"].data["seen"]})
    assert reload(patient).name == "Mine"


def test_appointment_is_moved_in_practice_time_zone(client: Client, owner: User) -> None:
    practice = PracticeFactory.create(workspace=owner.workspace, timezone="America/Guayaquil")
    campaign = CampaignFactory.create(workspace=owner.workspace, practice=practice)
    patient = PatientFactory.create(workspace=owner.workspace, campaign=campaign)
    tomorrow = (timezone.now() + timedelta(days=1)).replace(hour=14, minute=30, second=0)

    client.post(reverse("patient_move", args=[patient.pk]), {"to": f"{tomorrow:%Y-%m-%d}T09:30"})

    assert reload(patient).appointment_time == tomorrow.replace(microsecond=0)


def test_move_page_says_that_nobody_is_asked_twice(client: Client, owner: User) -> None:
    asked = PatientFactory.create(workspace=owner.workspace, asked_at=timezone.now())

    assert "not asked again" in client.get(reverse("patient_move", args=[asked.pk])).text


@pytest.mark.parametrize("to", ["", "never", "1926-01-01T09:00", "2126-01-01T09:00"])
def test_invalid_time_is_refused(client: Client, patient: Patient, to: str) -> None:
    response = client.post(reverse("patient_move", args=[patient.pk]), {"to": to})

    assert response.status_code == 200
    assert response.context["form"].errors
    assert reload(patient).appointment_time == patient.appointment_time


def test_opting_out_is_confirmed_and_covers_all_campaigns(client: Client, patient: Patient) -> None:
    address = reverse("patient_opt_out", args=[patient.pk])

    assert "for all campaigns" in client.get(address).text
    assert reload(patient).opted_out_at is None
    client.post(address, {"note": "by phone"})
    assert reload(patient).opted_out_at


def test_consent_can_be_withdrawn_and_recorded_again(client: Client, patient: Patient) -> None:
    address = reverse("patient_consent", args=[patient.pk])

    client.post(address)
    assert not reload(patient).has_consent
    assert client.post(address, {"words": ""}).context["form"].errors
    client.post(address, {"words": "signed at reception"})
    assert reload(patient).consent_words == "signed at reception"
    assert reload(patient).has_consent
