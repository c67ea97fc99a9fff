"""The figures in the list of campaigns, and the people on the page of one."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from campaigns.models import Campaign
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


def read_cells(client: Client, *campaigns: Campaign) -> dict[str, str]:
    page = client.get(
        reverse("campaigns_figures"), {"campaign": [str(campaign.pk) for campaign in campaigns]}
    ).content.decode()
    return dict(re.findall(r'id="([\w-]+)" hx-swap-oob="true">(.*?)</span>', page))


def test_cells_show_asked_answered_and_average_of_each_campaign(
    client: Client, owner: User
) -> None:
    busy, idle = CampaignFactory.create_batch(2, workspace=owner.workspace)
    for rating in (5, 4, 3):
        create_answered(busy, rating, days_ago=AN_HOUR)

    cells = read_cells(client, busy, idle)

    assert cells[f"asked-{busy.pk}"] == "3"
    assert cells[f"answered-{busy.pk}"] == "100%"
    assert cells[f"average-{busy.pk}"] == "4.0"
    assert cells[f"asked-{idle.pk}"] == "0"
    assert cells[f"last-{idle.pk}"] == "–"


def test_sentence_counts_the_asks_of_the_week(client: Client, owner: User) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace)
    create_answered(campaign, 5, days_ago=AN_HOUR)
    create_answered(campaign, 5, days_ago=9)

    page = client.get(reverse("campaigns_figures")).content.decode()

    assert "1 patient was asked in the last seven days" in page
    assert "Nobody will be asked within a day" in page


def test_doctor_gets_cells_of_own_campaigns_alone(client: Client, owner: User) -> None:
    doctor = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR)
    own = CampaignFactory.create(workspace=owner.workspace, created_by=doctor)
    other = CampaignFactory.create(workspace=owner.workspace, created_by=owner)
    foreign = CampaignFactory.create()
    client.force_login(doctor)

    cells = read_cells(client, own, other, foreign)

    assert {name.partition("-")[2] for name in cells} == {str(own.pk)}


def test_unreadable_id_is_left_out(client: Client, owner: User) -> None:
    response = client.get(reverse("campaigns_figures"), {"campaign": ["x", ""]})

    assert response.status_code == 200


def test_more_campaigns_need_no_more_queries(
    client: Client, owner: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    campaigns = CampaignFactory.create_batch(12, workspace=owner.workspace)
    for campaign in campaigns:
        create_answered(campaign, 5, days_ago=AN_HOUR)

    with django_assert_max_num_queries(16):
        assert len(read_cells(client, *campaigns)) == 4 * 12


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
