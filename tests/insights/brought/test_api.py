"""The counts of the API: the same as on the page, and nobody's name."""

from datetime import date

import pytest
from django.test import Client

from campaigns.models import Campaign
from tests.core.api.calling import token_of
from tests.factories import ApiKeyFactory, CampaignFactory, UserFactory
from tests.insights.brought.cohorts import attribute, create_ask, create_location, create_review
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

MARCH, APRIL = date(2026, 3, 10), date(2026, 4, 10)
PATH = "/api/v1/insights/reviews/?from=2026-03-01&to=2026-04-30"


@pytest.fixture
def owner() -> User:
    user: User = UserFactory.create(role=Role.OWNER)
    return user


@pytest.fixture
def campaign(owner: User) -> Campaign:
    created: Campaign = CampaignFactory.create(workspace=owner.workspace, created_by=owner)
    return created


def client_of(user: User, *scopes: str) -> Client:
    key = ApiKeyFactory.create(workspace=user.workspace, made_by=user, scopes=list(scopes))
    return Client(headers={"Authorization": f"Bearer {token_of(key)}"})


def test_reviews_are_counts_and_no_names(owner: User, campaign: Campaign) -> None:
    location = create_location(
        campaign.practice, read_on=APRIL, average_rating="4.60", review_count=7
    )
    for _ in range(5):
        ask = create_ask(campaign, MARCH, rating=5, review_clicks=1, name="Zoila Quimbita")
        attribute(create_review(location, APRIL, reviewer_name="Zoila Quimbita"), ask)
    create_ask(campaign, APRIL)

    response = client_of(owner, "insights:read").get(PATH)
    body = response.json()

    assert body["google"] == "ready"
    assert body["funnel"] == {
        "asked": 6,
        "delivered": 6,
        "answered": 5,
        "clicked": 5,
        "likely_reviews": 5,
        "credits": 6,
        "credits_per_likely_review": 1.2,
    }
    assert [(m["start"], m["funnel"]["likely_reviews"]) for m in body["months"]] == [
        ("2026-04-01", 0),
        ("2026-03-01", 5),
    ]
    (practice,) = body["reviews_per_month"]
    assert practice["google"] == {"reviews": 7, "average": 4.6}
    assert (practice["since"]["reviews"], practice["change"]) == (5, "too_few")
    assert "Zoila" not in response.content.decode()


def test_reviews_without_google_are_off(owner: User, campaign: Campaign) -> None:
    create_ask(campaign, MARCH)

    body = client_of(owner, "insights:read").get(PATH).json()

    assert (body["google"], body["reviews_per_month"]) == ("off", [])
    assert (body["funnel"]["asked"], body["funnel"]["likely_reviews"]) == (1, 0)


def test_reviews_need_the_scope_of_insights(owner: User) -> None:
    assert client_of(owner, "patients:read").get(PATH).status_code == 403
