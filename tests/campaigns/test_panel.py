import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import CampaignStatus
from tests.factories import CampaignFactory, UserFactory
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> User:
    user = UserFactory.create(language="en")
    client.force_login(user)
    return user


def test_panel_shows_counts_and_active_campaigns(client: Client, owner: User) -> None:
    active = CampaignFactory.create(workspace=owner.workspace, status=CampaignStatus.ACTIVE)
    CampaignFactory.create_batch(2, workspace=owner.workspace)

    response = client.get(reverse("campaigns_panel"))

    assert list(response.context["running"]) == [active]
    assert {value: count for value, _label, count in response.context["counts"]} == {
        "DRAFT": 2,
        "ACTIVE": 1,
        "PAUSED": 0,
        "COMPLETED": 0,
        "CANCELLED": 0,
    }


def test_panel_of_receptionist_has_names_but_no_counts(client: Client) -> None:
    receptionist = UserFactory.create(role=Role.RECEPTIONIST, language="en")
    campaigns = CampaignFactory.create_batch(6, workspace=receptionist.workspace)
    client.force_login(receptionist)

    response = client.get(reverse("campaigns_panel"))

    assert "counts" not in response.context
    assert list(response.context["running"]) == campaigns[:0:-1]
    assert "All campaigns" in response.content.decode()


def test_panel_of_doctor_counts_only_own_campaigns(client: Client) -> None:
    doctor = UserFactory.create(role=Role.DOCTOR)
    CampaignFactory.create(workspace=doctor.workspace, status=CampaignStatus.ACTIVE)
    client.force_login(doctor)

    response = client.get(reverse("campaigns_panel"))

    assert response.context["has_any"] is False
