"""The ratings by API: the rows of the page, without guesses about who wrote a review."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.models import Campaign
from messaging.models import TextSource
from tests.core.api.calling import token_of
from tests.factories import ApiKeyFactory, CampaignFactory, UserFactory
from tests.insights.topics.visits import create_visit, label
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

PATH = "/api/v1/ratings/"
YESTERDAY = timezone.localdate() - timedelta(days=1)


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


def test_ratings_have_their_words_and_case(owner: User, campaign: Campaign) -> None:
    visit = create_visit(
        campaign, YESTERDAY, rating=1, text="Una hora", doctor="Dra. Paz", topics=("waiting",)
    )
    label(visit, TextSource.FEEDBACK, text="Y mal trato", topics=("kindness",), urgency="leaving")
    create_visit(campaign, YESTERDAY, text="Sin nota")
    create_visit(CampaignFactory.create(), YESTERDAY, rating=1)
    body = client_of(owner, "messages:read").get(PATH).json()
    (row,) = body["results"]

    assert body["next"] is None
    assert row["id"] == str(visit.pk)
    assert row["practice_id"] == str(campaign.practice_id)
    assert (row["rating"], row["doctor"], row["case_status"]) == (1, "Dra. Paz", "OPEN")
    assert row["texts"] == ["Una hora", "Y mal trato"]
    assert (row["topics"], row["urgency"]) == (["waiting", "kindness"], "leaving")
    assert row["opened_review_page"] is False


def test_ratings_are_filtered_like_the_page(owner: User, campaign: Campaign) -> None:
    for stars in (1, 2, 5):
        create_visit(campaign, YESTERDAY, rating=stars, text=f"Palabra {stars}")
    create_visit(campaign, YESTERDAY, text="Sin nota")
    client = client_of(owner, "messages:read")

    def texts(query: str) -> list[str]:
        return [row["texts"][0] for row in client.get(f"{PATH}?{query}").json()["results"]]

    assert texts("rating=1,5") == ["Palabra 5", "Palabra 1"]
    assert texts("words=PÁLABRA+2") == ["Palabra 2"]
    assert len(texts("shown=words")) == 4
    assert texts("shown=words&period=7&limit=1") == ["Sin nota"]
    assert len(texts(f"practice_id={campaign.practice_id}&campaign_id={campaign.pk}")) == 3
    assert texts("from=2020-01-01&to=2020-01-31") == []


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ("rating=6", "rating"),
        ("rating=happy", "rating"),
        ("shown=likely", "shown"),
        ("topic=x", "topic"),
        ("period=8", "period"),
        ("campaign_id=01900000-0000-7000-8000-000000000000", "campaign_id"),
        ("limit=0", "limit"),
        ("stars=1", "stars"),
    ],
)
def test_wrong_parameter_is_refused(query: str, wrong: str, owner: User) -> None:
    response = client_of(owner, "messages:read").get(f"{PATH}?{query}")

    assert response.status_code == 400
    assert wrong in [error["field"] for error in response.json()["errors"]]


def test_pages_skip_no_rating(owner: User, campaign: Campaign) -> None:
    for stars in (1, 2, 3):
        create_visit(campaign, YESTERDAY, rating=stars)
    client = client_of(owner, "messages:read")
    first = client.get(f"{PATH}?limit=2&period=7").json()
    second = client.get(first["next"]).json()

    assert [row["rating"] for row in first["results"] + second["results"]] == [3, 2, 1]
    assert second["next"] is None


def test_scope_and_role_are_needed(owner: User, campaign: Campaign) -> None:
    create_visit(campaign, YESTERDAY, rating=1)
    doctor = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR)

    assert client_of(owner, "insights:read").get(PATH).status_code == 403
    signed_in = Client()
    signed_in.force_login(doctor)
    assert signed_in.get(PATH).json()["results"] == []
