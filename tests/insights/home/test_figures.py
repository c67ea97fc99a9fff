"""The figures on the results page, and the results panel of a campaign."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from core import tenancy
from insights.home import outlook
from messaging.models import Message
from tests.factories import (
    CampaignFactory,
    MessageFactory,
    PatientFactory,
    UserFactory,
)
from tests.insights.home.figure_links import without_figure_links
from tests.messaging.world import create_patient, running_campaign
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db


def read_page(client: Client, address: str) -> str:
    return without_figure_links(client.get(address).content.decode())


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(language="en", role=Role.OWNER)
    client.force_login(user)
    return user


def create_answered(
    campaign: Campaign, rating: int, *, days_ago: float = 1, name: str = "Zoila"
) -> Message:
    at = timezone.now() - timedelta(days=days_ago)
    patient = PatientFactory.create(
        workspace=campaign.workspace, campaign=campaign, name=name, asked_at=at
    )
    message: Message = MessageFactory.create(
        workspace=campaign.workspace,
        campaign=campaign,
        patient=patient,
        status="REPLIED",
        rating=rating,
        sent_at=at,
        delivered_at=at + timedelta(seconds=2),
        replied_at=at + timedelta(minutes=30),
    )
    return message


def test_nps_without_answers_is_a_dash(client: Client, owner: User) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace)
    MessageFactory.create(
        workspace=owner.workspace,
        campaign=campaign,
        status="DELIVERED",
        sent_at=timezone.now() - timedelta(hours=1),
        delivered_at=timezone.now(),
    )
    page = read_page(client, reverse("results"))

    assert "<dd>–</dd>" in page


def test_results_show_nps_and_average(client: Client, owner: User) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace)
    for rating in (5, 4, 3, 2):
        create_answered(campaign, rating)
    page = read_page(client, reverse("results"))

    assert "<dd>25</dd>" in page  # two promoters, one detractor, of four
    assert "<dd>3.5</dd>" in page
    assert "100 %" in page or "100%" in page


def test_results_show_the_change_since_the_period_before(client: Client, owner: User) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace)
    create_answered(campaign, 5, days_ago=2)
    create_answered(campaign, 1, days_ago=10)
    page = client.get(reverse("results"), {"period": "7"}).content.decode()

    assert "+200" in page
    assert "+4.0" in page


@pytest.mark.parametrize(
    "query", [{"period": "8"}, {"from": "x"}, {"from": "2027-01-02", "to": "2027-01-01"}]
)
def test_invalid_period_shows_a_problem(query: dict[str, str], client: Client, owner: User) -> None:
    page = client.get(reverse("results"), query)

    assert page.status_code == 200
    assert "last 30 days" in page.content.decode()


def test_unknown_filter_shows_a_problem(client: Client, owner: User) -> None:
    page = client.get(reverse("results"), {"practice": "nonsense"}).content.decode()

    assert "left out" in page


def test_doctor_sees_only_own_figures(client: Client, owner: User) -> None:
    doctor = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR, language="en")
    own = CampaignFactory.create(workspace=owner.workspace, created_by=doctor)
    others = CampaignFactory.create(workspace=owner.workspace, created_by=owner)
    create_answered(own, 5, name="Propia")
    create_answered(others, 1, name="Ajena")
    client.force_login(doctor)
    page = read_page(client, reverse("results"))

    assert "<dd>100</dd>" in page


def test_receptionist_sees_no_figures(client: Client, owner: User) -> None:
    client.force_login(UserFactory.create(workspace=owner.workspace, role=Role.RECEPTIONIST))

    assert "NPS" not in client.get(reverse("home")).content.decode()
    assert client.get(reverse("results")).status_code == 403


def test_next_asks_are_in_the_order_of_their_time() -> None:
    campaign = running_campaign()
    late, soon = create_patient(campaign, hours_ago=-5), create_patient(campaign, hours_ago=-1)
    create_patient(campaign, hours_ago=-48)
    for excluded in ({"has_consent": False}, {"opted_out_at": timezone.now()}):
        create_patient(campaign, hours_ago=-2, **excluded)
    with tenancy.within(campaign.workspace_id):
        coming = outlook.read_outlook(
            campaign.workspace, visible_to=UserFactory.create(workspace=campaign.workspace)
        )

    assert [ask.patient_id for ask in coming.asks][:2] == [soon.pk, late.pk]
    assert coming.within_a_day == 2


def test_panel_of_campaign_shows_its_results(client: Client, owner: User) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace)
    # Not a day ago: the panel starts on the day before the campaign was created, in UTC.
    an_hour_ago = 1 / 24
    create_answered(campaign, 5, days_ago=an_hour_ago)
    create_answered(CampaignFactory.create(workspace=owner.workspace), 1, days_ago=an_hour_ago)
    MessageFactory.create(
        workspace=owner.workspace,
        campaign=campaign,
        status="FAILED",
        error_code="30006",
        sent_at=timezone.now(),
    )
    panel = without_figure_links(
        client.get(reverse("campaign_results", args=[campaign.pk])).content.decode()
    )

    assert "<b>100</b>" in panel
    assert "landline" in panel


def test_rates_are_shown_with_their_denominators(client: Client, owner: User) -> None:
    """Three e-mails were accepted, one rated and one answered with STOP; one bounced."""
    campaign = CampaignFactory.create(workspace=owner.workspace)
    for fields in (
        {"status": "SENT"},
        {"status": "REPLIED", "rating": 5, "replied_at": timezone.now()},
        {"status": "REPLIED", "replied_at": timezone.now()},
        {"status": "FAILED", "error_code": "5.1.1"},
    ):
        MessageFactory.create(
            workspace=owner.workspace,
            campaign=campaign,
            channel="EMAIL",
            sent_at=timezone.now() - timedelta(hours=1),
            **fields,
        )

    for address in (reverse("results"), reverse("campaign_results", args=[campaign.pk])):
        page = read_page(client, address)
        assert "1 of 3 delivered got a rating" in page
        assert "2 of 3 delivered got any answer, an opt-out too" in page
        assert "By e-mail, what the mail server accepted counts" in page
        assert "4–5 promoters, 3 passive, 1–2 detractors" in page
    assert "of 4 asked; 1 failed" in without_figure_links(
        client.get(reverse("results")).content.decode()
    )


def test_panel_of_campaign_without_asks_says_so(client: Client, owner: User) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace)
    panel = without_figure_links(
        client.get(reverse("campaign_results", args=[campaign.pk])).content.decode()
    )

    assert "Nobody was asked yet" in panel


def test_doctor_cannot_open_results_of_other_campaigns(client: Client, owner: User) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace, created_by=owner)
    client.force_login(UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR))

    assert client.get(reverse("campaign_results", args=[campaign.pk])).status_code == 404
