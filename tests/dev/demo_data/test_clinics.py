"""Users, practices, senders and the campaign of today, and the separation of the clinics."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.db import connection
from django.test import Client
from django.urls import reverse

from campaigns import actions
from campaigns.models import Campaign, CampaignStatus
from core import tenancy
from dev.demo_data.story import ANDES, DEMO, PASSWORD, STAFF
from dev.demo_data.today import CAMPAIGN
from messaging.dispatch.planning import plan_messages
from messaging.models import Message, Sender
from patients.models import Patient
from tests.dev.demo_data.rows import NOON
from tests.guards import tenants
from workspaces import entitlements
from workspaces.models import Practice, User, Workspace


@pytest.mark.parametrize(
    ("email", "name", "role", "workspace"),
    [
        ("demo@reputationmanager.com", "Dr. Demo", "OWNER", "Consultorio Demo"),
        ("doctor@reputationmanager.com", "Dra. María López", "DOCTOR", "Consultorio Demo"),
        ("recepcion@reputationmanager.com", "Recepción", "RECEPTIONIST", "Consultorio Demo"),
        ("andes@reputationmanager.com", "Dra. Elena Carrión", "OWNER", "Clínica Los Andes"),
        (STAFF, "Plataforma", "", None),
    ],
)
def test_each_user_can_sign_in(
    email: str, name: str, role: str, workspace: str | None, client: Client
) -> None:
    client.post(reverse("account_login"), {"login": email, "password": PASSWORD})

    user = User.objects.get(pk=client.session["_auth_user_id"])
    assert (user.name, user.role) == (name, role)
    assert (user.workspace and user.workspace.name) == workspace
    assert user.is_superuser is (workspace is None)
    assert EmailAddress.objects.get(user=user).verified


def test_clinic_has_documented_plan_credits_and_practice() -> None:
    workspace = Workspace.objects.get(name="Consultorio Demo")
    practice = Practice.objects.get(name="Consultorio Centro")

    assert (entitlements.limits_of(workspace).plan, workspace.message_credits) == (
        "PROFESSIONAL",
        2000,
    )
    assert workspace.language == "es"
    assert practice.workspace == workspace
    assert (practice.address, practice.city, practice.country) == (
        "Av. Amazonas N24-03",
        "Quito",
        "EC",
    )
    assert practice.google_place_id == "ChIJN1t_tDeuEmsRUsoyG83frY4"
    assert practice.timezone == "America/Guayaquil"
    assert {t.language for t in workspace.templates.filter(is_default=True)} == {"es", "en", "pt"}


def test_each_channel_has_a_shared_sender() -> None:
    senders = {sender.channel: sender for sender in Sender.objects.filter(workspace=None)}

    assert set(senders) == {"SMS", "WHATSAPP", "EMAIL"}
    assert (senders["SMS"].address, senders["SMS"].two_way) == ("+12025550123", False)
    assert senders["WHATSAPP"].address == "whatsapp:+12025550124"
    assert senders["WHATSAPP"].two_way


def test_activated_campaign_asks_the_patients_of_today() -> None:
    campaign = Campaign.objects.get(name=CAMPAIGN)
    people = {p.phone: (p.name, p.preferred_channel) for p in campaign.patients.all()}
    assert campaign.status == CampaignStatus.DRAFT
    assert people == {
        "+593987654321": ("Juan Pérez", "SMS"),
        "+593987654322": ("María García", "WHATSAPP"),
        "+593987654323": ("Carlos Ramírez", "SMS"),
    }

    assert plan_messages(now=NOON) == 0  # nothing of the past is due
    assert campaign.created_by
    actions.activate_campaign(campaign=campaign, by=campaign.created_by)
    assert plan_messages(now=NOON) == 2
    assert plan_messages(now=NOON + timedelta(hours=2)) == 1


def test_clinic_sees_only_its_own_rows() -> None:
    for clinic, patients in ((DEMO, 1503), (ANDES, 60)):
        with tenancy.within(clinic.id):
            for model in tenants.tenant_models():
                owners = set(model._default_manager.values_list("workspace_id", flat=True))
                assert owners <= {clinic.id, None}, model
            assert Patient.objects.count() == patients
            assert Message.objects.filter(rating__isnull=False).exists()


def test_clinics_share_no_phone() -> None:
    def phones(clinic: Any) -> set[str]:
        found = Patient.objects.filter(workspace_id=clinic.id).exclude(phone="")
        return set(found.values_list("phone", flat=True))

    assert not phones(DEMO) & phones(ANDES)


def test_foreign_keys_are_valid() -> None:
    connection.check_constraints()
