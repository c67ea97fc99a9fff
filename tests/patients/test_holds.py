"""A hold belongs to an address: lists, pages, exports and erasures see it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from core import tenancy
from messaging.dispatch.planning import plan_messages
from messaging.privacy import anonymization, export, person_search
from patients import erasure, holds
from patients.addresses import hash_address
from patients.models import Hold, Patient
from patients.standing import standing_of
from tests.factories import CampaignFactory, PatientFactory, UserFactory, WorkspaceFactory
from tests.messaging.world import create_patient, running_campaign
from tests.patients.imports.lists import get_patients, import_list, make_row
from workspaces.models import Role, Workspace

pytestmark = pytest.mark.django_db

PHONE, EMAIL = "+593991234567", "ana@example.com"


def hold(campaign: Campaign, address: str = PHONE) -> None:
    with tenancy.within(campaign.workspace_id):
        assert holds.hold_address(workspace_id=campaign.workspace_id, address=address)


@pytest.fixture
def campaign() -> Campaign:
    return running_campaign()


def test_held_person_in_a_new_list_is_not_asked(campaign: Campaign) -> None:
    hold(campaign)

    listed = import_list(campaign, [make_row(), make_row("Otro", "0990000001")])

    assert [told["reason"] for told in listed.preview] == ["held", None]
    assert [told["will_be_asked"] for told in listed.preview] == [False, True]
    assert listed.will_be_asked == 1
    with tenancy.platform("test"):
        Workspace.objects.update(undo_minutes=0)
        Patient.objects.update(appointment_time=timezone.now() - timedelta(hours=3))
    assert plan_messages() == 1
    assert [one.asked_at is not None for one in get_patients(campaign)] == [False, True]


@pytest.mark.parametrize("address", [PHONE, EMAIL])
def test_person_held_by_either_address_is_not_planned(campaign: Campaign, address: str) -> None:
    patient = create_patient(campaign, phone=PHONE, email=EMAIL)
    hold(campaign, address)

    assert plan_messages() == 0
    with tenancy.within(campaign.workspace_id):
        assert standing_of(Patient.objects.get(pk=patient.pk)).reason == "held"


def test_hold_of_another_clinic_is_ignored(campaign: Campaign) -> None:
    create_patient(campaign, phone=PHONE)
    hold(running_campaign())

    assert plan_messages() == 1


def test_patient_page_shows_the_hold(client: Client, campaign: Campaign) -> None:
    patient = create_patient(campaign, phone=PHONE)
    hold(campaign)
    client.force_login(
        UserFactory.create(workspace=campaign.workspace, role=Role.OWNER, language="en")
    )

    page = client.get(reverse("patient", args=[patient.pk])).content.decode()

    assert "Do they still want your messages?" in page
    assert reverse("hold_go_on", args=[patient.pk]) in page


def test_hold_is_exported_and_keeps_only_a_digest_after_an_erasure(campaign: Campaign) -> None:
    patient = create_patient(campaign, phone=PHONE)
    hold(campaign)
    with tenancy.within(campaign.workspace_id):
        person = person_search.find_by_patient(
            Patient.objects.select_related("workspace").get(pk=patient.pk)
        )
        [told] = export.build_export(person, campaign.workspace)["holds"]
        assert (told["address"], told["decision"]) == (PHONE, None)
        erasure.erase_patients(patients=person.rows, by=None)

    anonymization.finish_erasures(campaign.workspace_id, now=timezone.now() + timedelta(days=31))

    with tenancy.within(campaign.workspace_id):
        [kept] = Hold.objects.all()
        assert (kept.address, kept.digest, kept.decision) == ("", hash_address(PHONE), "")


def test_erasure_keeps_the_hold_of_a_patient_with_the_same_address(campaign: Campaign) -> None:
    """A family shares the phone; one of them asks to be erased."""
    erased, spared = (
        create_patient(campaign, phone=PHONE),
        create_patient(campaign, phone=PHONE, hours_ago=4),
    )
    hold(campaign)
    with tenancy.within(campaign.workspace_id):
        erasure.erase_patients(patients=[erased], spared=[spared], by=None)

    anonymization.finish_erasures(campaign.workspace_id, now=timezone.now() + timedelta(days=31))

    with tenancy.within(campaign.workspace_id):
        assert Hold.objects.get().address == PHONE


def test_holds_have_row_security() -> None:
    here = CampaignFactory.create()
    hold(here)
    there = WorkspaceFactory.create()
    PatientFactory.create(workspace=there, phone=PHONE)

    with tenancy.within(there.pk):
        assert not Hold.objects.exists()
