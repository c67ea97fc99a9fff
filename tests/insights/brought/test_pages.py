"""The page that says what the asks brought, and the line on the home page."""

from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from billing.credit_prices import CreditPrices
from campaigns.models import Campaign
from core import tenancy
from insights.brought import views
from reviews.models import GoogleConnection
from tests.factories import (
    CampaignFactory,
    GoogleLocationFactory,
    PracticeFactory,
    UserFactory,
)
from tests.insights.brought.cohorts import attribute, create_ask, create_location, create_review
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

NAME = "Zoila Quimbita"
# As for the other pages of many figures: `tests/guards/test_query_counts.py`.
MAX_QUERIES = 43


def today() -> date:
    """Return the date at the practices."""
    return timezone.localdate(timezone=ZoneInfo("America/Guayaquil"))


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(role=Role.OWNER, language="en")
    client.force_login(user)
    return user


@pytest.fixture
def campaign(owner: User) -> Campaign:
    practice = PracticeFactory.create(workspace=owner.workspace, name="Norte")
    created: Campaign = CampaignFactory.create(
        workspace=owner.workspace, practice=practice, created_by=owner, name="Visitas"
    )
    return created


def bring_reviews(campaign: Campaign, likely: int, others: int = 0) -> None:
    """Create likely reviews of today, each with its ask, and others without one."""
    location = create_location(campaign.practice, read_on=today())
    for _ in range(likely):
        ask = create_ask(campaign, today(), rating=5, review_clicks=1, name=NAME)
        attribute(create_review(location, today(), reviewer_name=NAME), ask)
    for _ in range(others):
        create_review(location, today(), reviewer_name=NAME)


def open_page(client: Client, query: str = "") -> str:
    response = client.get(f"{reverse('brought')}{query}")
    assert response.status_code == 200
    return response.content.decode()


def open_home(client: Client) -> str:
    return client.get(reverse("home")).content.decode()


def test_page_shows_the_funnel_and_no_names(client: Client, campaign: Campaign) -> None:
    bring_reviews(campaign, likely=6, others=3)

    page = open_page(client)

    assert "Likely reviewed: 6 · 100" in page
    assert "this is an estimate" in page
    assert 'id="months"' in page
    assert 'data-label="Credits each">1.0<' in page
    assert "Zoila" not in page


def test_practice_with_an_ask_and_no_review_is_on_the_page(
    client: Client, campaign: Campaign
) -> None:
    create_location(campaign.practice, read_on=today())
    create_ask(campaign, today() - timedelta(days=40))

    assert 'id="per-month"' in open_page(client)


def test_groups_are_compared_where_there_are_several(client: Client, campaign: Campaign) -> None:
    bring_reviews(campaign, likely=1)
    page = open_page(client)
    assert not any(f'id="{table}"' in page for table in ("practices", "doctors", "campaigns"))

    practice = PracticeFactory.create(workspace=campaign.workspace)
    other = CampaignFactory.create(workspace=campaign.workspace, practice=practice)
    create_ask(other, today(), doctor_name="Dra. Paz")
    page = open_page(client)

    assert all(f'id="{table}"' in page for table in ("practices", "doctors", "campaigns"))


def test_page_without_google_says_what_it_would_show(client: Client, campaign: Campaign) -> None:
    create_ask(campaign, today(), rating=5)

    assert "Google is not connected" in open_page(client)


def test_page_before_the_first_fetch_says_that_reviews_come(
    client: Client, campaign: Campaign
) -> None:
    GoogleLocationFactory.create(workspace=campaign.workspace, practice=campaign.practice)

    assert "Your reviews are on their way" in open_page(client)


def test_page_without_a_chosen_location_leads_to_the_locations(
    client: Client, campaign: Campaign
) -> None:
    GoogleLocationFactory.create(workspace=campaign.workspace, practice=None)

    page = open_page(client)

    assert "No location is chosen yet" in page
    assert f'href="{reverse("google_locations")}"' in page
    assert "on their way" not in page


def test_page_after_disconnecting_shows_what_was_fetched(
    client: Client, campaign: Campaign
) -> None:
    bring_reviews(campaign, likely=1)
    with tenancy.within(campaign.workspace_id):
        GoogleConnection.objects.update(status="DISCONNECTED", refresh_token="", access_token="")

    page = open_page(client)

    assert "newer reviews are missing" in page
    assert "too few likely reviews to tell" in page


def test_page_of_days_without_asks_keeps_the_practices(client: Client, campaign: Campaign) -> None:
    bring_reviews(campaign, likely=1)

    page = open_page(client, "?from=2020-01-01&to=2020-02-01")

    assert "Nobody was asked in these days" in page
    assert 'id="per-month"' in page


def test_filter_leads_to_an_address_that_shows_the_same(client: Client, campaign: Campaign) -> None:
    bring_reviews(campaign, likely=2)

    response = client.get(
        reverse("brought"),
        {"campaign": str(campaign.pk), "period": "30"},
        headers={"HX-Request": "true"},
    )

    assert response["HX-Push-Url"] == f"/results/brought/?period=30&campaign={campaign.pk}"
    assert b"<html" not in response.content


def test_doctor_sees_no_money_and_no_reviews_of_others(
    client: Client, owner: User, campaign: Campaign
) -> None:
    bring_reviews(campaign, likely=6)
    doctor = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR, language="en")
    client.force_login(doctor)

    page = open_page(client)

    assert "Nobody was asked in these days" in page
    assert "Norte" not in page


@pytest.mark.parametrize(("role", "is_shown"), [(Role.OWNER, True), (Role.DOCTOR, False)])
def test_money_is_for_those_who_see_the_bills(
    client: Client, owner: User, monkeypatch: pytest.MonkeyPatch, role: Role, is_shown: bool
) -> None:
    prices = CreditPrices(spent=10, worth={"USD": Decimal("1.2")})
    monkeypatch.setattr(views, "read_prices", lambda *_args: prices)
    user = UserFactory.create(workspace=owner.workspace, role=role, language="en")
    bring_reviews(CampaignFactory.create(workspace=owner.workspace, created_by=user), likely=6)
    client.force_login(user)

    page = open_page(client)

    assert ("about 0.72 USD" in page) is is_shown
    assert ("about 0.12 USD each" in page) is is_shown


def test_receptionist_may_not_open_the_page(client: Client, owner: User) -> None:
    client.force_login(UserFactory.create(workspace=owner.workspace, role=Role.RECEPTIONIST))

    assert client.get(reverse("brought")).status_code == 403


def test_home_counts_the_new_reviews_of_the_month(client: Client, campaign: Campaign) -> None:
    bring_reviews(campaign, likely=2, others=1)
    create_review(
        create_location(campaign.practice, read_on=today()),
        today() - timedelta(days=40),
    )

    page = open_home(client)

    assert "3 new reviews" in page
    assert "2 probably came from your questions" in page
    assert "Zoila Quimbita wrote" not in page


def test_home_says_nothing_of_reviews_without_google(client: Client, campaign: Campaign) -> None:
    create_ask(campaign, today(), rating=5)
    assert "new review" not in open_home(client)

    bring_reviews(campaign, likely=1)
    assert "1 new review" in open_home(client)
    with tenancy.within(campaign.workspace_id):
        GoogleConnection.objects.update(status="DISCONNECTED", refresh_token="", access_token="")
    assert "new review" not in open_home(client)


def test_home_of_a_doctor_counts_her_own(client: Client, owner: User, campaign: Campaign) -> None:
    bring_reviews(campaign, likely=2)
    doctor = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR, language="en")
    own = CampaignFactory.create(
        workspace=owner.workspace, practice=campaign.practice, created_by=doctor
    )
    bring_reviews(own, likely=1)
    client.force_login(doctor)

    page = open_home(client)

    assert "3 new reviews" in page  # of the practice
    assert "1 probably came from your questions" in page


@pytest.mark.parametrize("role", [Role.OWNER, Role.DOCTOR])
def test_more_groups_need_no_more_queries(client: Client, owner: User, role: Role) -> None:
    user = UserFactory.create(workspace=owner.workspace, role=role, language="en")
    client.force_login(user)

    def add_groups(number: int) -> int:
        """Add practices with a campaign and two likely reviews, and return the queries."""
        for _ in range(number):
            practice = PracticeFactory.create(workspace=owner.workspace)
            campaign = CampaignFactory.create(
                workspace=owner.workspace, practice=practice, created_by=user
            )
            bring_reviews(campaign, likely=2, others=1)
        open_page(client)
        with CaptureQueriesContext(connection) as queries:
            open_page(client)
        return len(queries)

    few = add_groups(2)

    assert add_groups(4) == few
    assert few < MAX_QUERIES
