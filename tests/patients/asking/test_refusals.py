"""A patient who would not be asked is refused in one sentence, and nothing is saved."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.timezone import localtime

from campaigns.models import Campaign, CampaignStatus
from core import tenancy
from messaging.models import Sender
from patients.addresses import hash_address
from patients.models import Patient, SuppressionReason
from patients.suppressions import suppress_address
from tests.factories import (
    FirstContactFactory,
    HoldFactory,
    PatientFactory,
    UserFactory,
    WorkspaceFactory,
)
from tests.messaging.world import running_campaign
from tests.patients.asking.desk import filled_form, patients_of, send
from workspaces.models import Plan, Role, Workspace
from workspaces.vetting import limits

pytestmark = pytest.mark.django_db

PHONE = "+593991234567"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"phone": "099 12"}, "is no valid phone"),
        ({"phone": "02 255 5555"}, "cannot receive text messages"),
        ({"phone": ""}, "neither a phone nor an e-mail"),
        ({"phone": "", "email": "ana@"}, "is no valid e-mail"),
        ({"phone": "099 12", "email": "ana@example.com"}, "so only the e-mail is used"),
        ({"name": "www.casino.example"}, "should be"),
        ({"name": ""}, "required"),
        ({"consent": ""}, "Ask the patient first."),
        ({"campaign": ""}, "required"),
        ({"when": "yesterday"}, "not one of the available choices"),
    ],
)
def test_unusable_entry_is_refused_at_its_field(
    client: Client, campaign: Campaign, fields: dict[str, str], words: str
) -> None:
    running_campaign(campaign.workspace)

    html = send(client, filled_form(campaign) | fields)

    assert words in html
    assert 'aria-invalid="true"' in html
    assert patients_of(campaign.workspace) == []


def test_person_who_opted_out_is_refused(client: Client, campaign: Campaign) -> None:
    with tenancy.within(campaign.workspace_id):
        suppress_address(
            workspace_id=campaign.workspace_id,
            address=PHONE,
            reason=SuppressionReason.REPLY,
            note="",
            by="",
        )

    html = send(client, filled_form(campaign))

    assert "This person wants no messages" in html
    assert patients_of(campaign.workspace) == []


def test_person_whose_text_is_in_doubt_is_refused(client: Client, campaign: Campaign) -> None:
    HoldFactory.create(workspace=campaign.workspace, address=PHONE, digest=hash_address(PHONE))

    assert "Somebody has to decide that" in send(client, filled_form(campaign))


def test_person_who_was_asked_lately_is_refused_with_the_day(
    client: Client, campaign: Campaign
) -> None:
    asked_at = timezone.now() - timedelta(days=5)
    PatientFactory.create(
        workspace=campaign.workspace,
        campaign=campaign,
        phone=PHONE,
        appointment_time=asked_at - timedelta(hours=2),
        asked_at=asked_at,
    )
    possible = asked_at + timedelta(days=campaign.workspace.ask_again_after_days)
    with translation.override("en"):
        day = date_format(localtime(possible, campaign.practice.zone), "SHORT_DATE_FORMAT")

    html = send(client, filled_form(campaign))

    assert f"They can be asked again from {day}." in html
    assert len(patients_of(campaign.workspace)) == 1


def create_planned_patient(campaign: Campaign) -> Patient:
    patient: Patient = PatientFactory.create(
        workspace=campaign.workspace,
        campaign=campaign,
        phone=PHONE,
        appointment_time=timezone.now() - timedelta(minutes=1),
    )
    return patient


def test_person_who_is_planned_for_today_is_refused(client: Client, campaign: Campaign) -> None:
    planned = create_planned_patient(campaign)

    html = send(client, filled_form(campaign))

    assert "This person is to be asked already about a visit at " in html
    assert reverse("patient", args=[planned.pk]) not in html  # not for receptionists
    assert patients_of(campaign.workspace) == [planned]


def test_owner_gets_a_link_to_the_patient_who_is_planned(
    client: Client, campaign: Campaign
) -> None:
    planned = create_planned_patient(campaign)
    client.force_login(UserFactory.create(workspace=campaign.workspace, role=Role.OWNER))

    html = send(client, filled_form(campaign))

    assert reverse("patient", args=[planned.pk]) in html


def test_patient_of_another_clinic_does_not_matter(client: Client, campaign: Campaign) -> None:
    create_planned_patient(running_campaign())

    send(client, filled_form(campaign))

    assert len(patients_of(campaign.workspace)) == 1


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (CampaignStatus.PAUSED, "is paused, so nobody is asked"),
        (CampaignStatus.DRAFT, "is a draft, so nobody is asked"),
    ],
)
def test_campaign_that_does_not_ask_is_refused(
    client: Client, campaign: Campaign, status: CampaignStatus, words: str
) -> None:
    still = running_campaign(campaign.workspace, name="Otra")
    with tenancy.within(campaign.workspace_id):
        Campaign.objects.filter(pk=campaign.pk).update(status=status)

    html = send(client, filled_form(campaign))

    assert words in html
    assert patients_of(still.workspace) == []


def test_page_without_active_campaign_says_what_is_missing(
    client: Client, campaign: Campaign
) -> None:
    with tenancy.within(campaign.workspace_id):
        Campaign.objects.filter(pk=campaign.pk).update(status=CampaignStatus.PAUSED)

    assert "No campaign is active" in client.get(reverse("ask_one")).content.decode()


def change_workspace(campaign: Campaign, **values: object) -> None:
    with tenancy.platform("test"):
        Workspace.objects.filter(pk=campaign.workspace_id).update(**values)


def test_clinic_without_credits_is_refused(client: Client) -> None:
    workspace = WorkspaceFactory.create(message_credits=0)
    campaign = running_campaign(workspace)
    client.force_login(UserFactory.create(workspace=workspace, language="en"))

    assert "There are no credits left" in send(client, filled_form(campaign))
    assert patients_of(campaign.workspace) == []


def test_channel_without_sender_is_refused(client: Client, campaign: Campaign) -> None:
    with tenancy.platform("test"):
        Sender.objects.all().delete()

    assert "There is no sender for SMS yet." in send(client, filled_form(campaign))


def test_clinic_whose_messages_are_stopped_is_refused(client: Client, campaign: Campaign) -> None:
    change_workspace(campaign, sending_stopped_at=timezone.now(), sending_stopped_because="Spam")

    assert "Our team has stopped the messages" in send(client, filled_form(campaign))


def test_new_clinic_that_wrote_to_as_many_as_it_may_is_refused(
    client: Client, campaign: Campaign
) -> None:
    change_workspace(campaign, plan=Plan.FREE, vetted_at=None)
    FirstContactFactory.create_batch(limits.STRANGERS_BEFORE_TRUST, workspace=campaign.workspace)

    assert "Your clinic is new" in send(client, filled_form(campaign))
    assert patients_of(campaign.workspace) == []


def test_doctor_cannot_ask_for_the_campaign_of_another_doctor(
    client: Client, campaign: Campaign
) -> None:
    doctor = UserFactory.create(workspace=campaign.workspace, role=Role.DOCTOR, language="en")
    running_campaign(campaign.workspace, created_by=doctor)
    client.force_login(doctor)

    html = send(client, filled_form(campaign))

    assert "Select a valid choice" in html
    assert patients_of(campaign.workspace) == []
