"""The people on the page of a campaign."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import CampaignFactory, PatientFactory, UserFactory
from tests.insights.home.test_figures import create_answered
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db
AN_HOUR = 1 / 24


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(language="en", role=Role.OWNER)
    client.force_login(user)
    return user


def test_panel_of_campaign_lists_last_visits_with_rating_or_state(
    client: Client, owner: User
) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace)
    create_answered(campaign, 2, days_ago=AN_HOUR, name="Rosa Vera")
    now = timezone.now()
    PatientFactory.create(
        workspace=owner.workspace,
        campaign=campaign,
        name="Sin Consentimiento",
        has_consent=False,
        appointment_time=now - timedelta(hours=1),
    )
    PatientFactory.create(
        workspace=owner.workspace,
        campaign=campaign,
        name="Viene Mañana",
        appointment_time=now + timedelta(days=1),
    )

    panel = client.get(reverse("campaign_results", args=[campaign.pk])).content.decode()
    visits = panel[panel.index('id="patients"') :]

    assert "Rosa Vera" in visits
    assert 'aria-label="Rated 2 of 5"' in visits
    assert "No consent" in visits
    assert "Viene Mañana" not in visits


def test_panel_of_new_campaign_lists_the_visits_to_come(client: Client, owner: User) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace)
    PatientFactory.create(
        workspace=owner.workspace,
        campaign=campaign,
        name="Viene Mañana",
        appointment_time=timezone.now() + timedelta(days=1),
    )

    panel = client.get(reverse("campaign_results", args=[campaign.pk])).content.decode()

    assert "Viene Mañana" in panel
