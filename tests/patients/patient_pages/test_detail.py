"""The page of one patient, with the reasons against asking."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import CampaignStatus
from patients.addresses import hash_address
from patients.models import Patient, SuppressionReason
from tests.factories import (
    CampaignFactory,
    ImportFactory,
    PatientFactory,
    PracticeFactory,
    SuppressionFactory,
)
from workspaces.models import User

pytestmark = pytest.mark.django_db


# One patient


def test_page_shows_patient_appointment_and_consent(client: Client, owner: User) -> None:
    practice = PracticeFactory.create(workspace=owner.workspace, timezone="America/Guayaquil")
    campaign = CampaignFactory.create(workspace=owner.workspace, practice=practice)
    listed = ImportFactory.create(
        workspace=owner.workspace, campaign=campaign, filename="lunes.csv"
    )
    patient = PatientFactory.create(
        workspace=owner.workspace,
        campaign=campaign,
        source=listed,
        row_number=7,
        phone="+593991234567",
        email="ana@example.com",
        appointment_time=datetime(2026, 11, 20, 14, 30, tzinfo=UTC),
        consent_words="Autoriza: sí",
        consent_by="Recepción",
    )

    page = client.get(reverse("patient", args=[patient.pk])).text

    for said in ("+593991234567", "ana@example.com", "9:30", "Autoriza: sí", "Recepción"):
        assert said in page
    assert f'href="{reverse("import", args=[listed.pk])}"' in page
    assert f'hx-get="{reverse("patient_story", args=[patient.pk])}"' in page


@pytest.mark.parametrize(
    ("reason", "values"),
    [
        ("no_consent", {"has_consent": False}),
        ("opted_out", {"opted_out_at": timezone.now()}),
        ("too_old", {"appointment_time": timezone.now() - timedelta(days=9)}),
        ("", {}),
    ],
)
def test_page_shows_reason_against_asking(
    client: Client, owner: User, reason: str, values: dict[str, Any]
) -> None:
    patient = PatientFactory.create(workspace=owner.workspace, **values)

    stands = client.get(reverse("patient", args=[patient.pk])).context["stands"]

    assert stands.reason == reason
    assert bool(stands.ask_at) is not bool(reason)


@pytest.mark.parametrize(
    ("why", "reason"),
    [(SuppressionReason.UNREACHABLE, "number_dead"), (SuppressionReason.REPLY, "opted_out")],
)
def test_suppressed_address_is_shown_as_reason(
    client: Client, patient: Patient, why: SuppressionReason, reason: str
) -> None:
    SuppressionFactory.create(
        workspace=patient.workspace,
        address=patient.phone,
        digest=hash_address(patient.phone),
        reason=why,
    )

    page = client.get(reverse("patient", args=[patient.pk]))

    assert page.context["stands"].reason == reason


def test_recently_asked_appointment_is_shown_as_reason(client: Client, patient: Patient) -> None:
    other = PatientFactory.create(
        workspace=patient.workspace,
        phone=patient.phone,
        asked_at=timezone.now() - timedelta(days=3),
    )

    page = client.get(reverse("patient", args=[patient.pk]))

    assert page.context["stands"].reason == "asked_lately"
    assert [one for one, _state in page.context["others"]] == [other]


def test_ended_campaign_is_shown_as_reason(client: Client, owner: User) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace, status=CampaignStatus.COMPLETED)
    patient = PatientFactory.create(workspace=owner.workspace, campaign=campaign)

    page = client.get(reverse("patient", args=[patient.pk]))

    assert page.context["stands"].reason == "campaign_ended"
