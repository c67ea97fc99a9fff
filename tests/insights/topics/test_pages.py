import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from messaging import understanding
from tests.factories import CampaignFactory, UserFactory
from tests.insights.topics.visits import create_visit
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
YESTERDAY = timezone.localdate() - timedelta(days=1)


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(language="en", role=Role.OWNER)
    client.force_login(user)
    return user


@pytest.fixture
def campaign(owner: User) -> Campaign:
    created: Campaign = CampaignFactory.create(workspace=owner.workspace, created_by=owner)
    return created


def read_csv(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def test_results_have_the_topics(client: Client, campaign: Campaign) -> None:
    create_visit(campaign, YESTERDAY, rating=2, topics=("waiting",))
    page = client.get(reverse("results")).content.decode()

    assert "What they talk about" in page
    assert f'href="{reverse("ratings")}?period=30&amp;shown=words&amp;topic=waiting"' in page
    assert "few ratings" in page


def test_topics_csv_has_the_counts(client: Client, campaign: Campaign) -> None:
    create_visit(campaign, YESTERDAY, rating=2, topics=("waiting",))
    create_visit(campaign, YESTERDAY, rating=5, topics=("waiting", "care"))
    response = client.get(reverse("topics"), {"as": "csv"})
    heading, waiting, care = read_csv(b"".join(response.streaming_content))  # type: ignore[attr-defined]

    assert heading[:3] == ["Topic", "Visits that name it", "Visits with words"]
    assert waiting[:6] == ["Waiting time", "2", "2", "100.0", "3.5", "2"]
    assert care[:6] == ["Medical care", "1", "2", "50.0", "5.0", "1"]


def test_panel_without_texts_says_so(client: Client, owner: User) -> None:
    assert "No texts yet" in client.get(reverse("topics")).content.decode()


def test_panel_without_the_reader_says_so(
    client: Client, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(understanding, "is_available", lambda: False)
    create_visit(campaign, YESTERDAY, is_read=False)
    page = client.get(reverse("topics")).content.decode()

    assert "not available on this installation" in page
    assert "No texts yet" not in page
    assert "some minutes" not in page


def test_panel_says_what_is_not_sorted_yet(
    client: Client, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(understanding, "is_available", lambda: True)
    create_visit(campaign, YESTERDAY, is_read=False)
    page = client.get(reverse("topics")).content.decode()

    assert "The texts of 1 visit are not sorted yet" in page


def test_doctor_reads_only_comments_of_own_campaigns(
    client: Client, owner: User, campaign: Campaign
) -> None:
    doctor = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR, language="en")
    own = CampaignFactory.create(workspace=owner.workspace, created_by=doctor)
    create_visit(campaign, YESTERDAY, topics=("price",), text="De otros")
    create_visit(own, YESTERDAY, topics=("waiting",), text="De los míos")
    create_visit(CampaignFactory.create(), YESTERDAY, text="De otra clínica")
    client.force_login(doctor)
    page = client.get(reverse("ratings"), {"shown": "words"}).content.decode()
    panel = client.get(reverse("topics")).content.decode()

    assert "De los míos" in page
    assert "De otros" not in page
    assert "De otra clínica" not in page
    assert "Waiting time" in panel
    assert "Price" not in panel


@pytest.mark.parametrize("name", ["topics", "ratings", "comments", "saved_views"])
def test_receptionist_sees_no_words(name: str, client: Client, owner: User) -> None:
    client.force_login(UserFactory.create(workspace=owner.workspace, role=Role.RECEPTIONIST))

    assert client.get(reverse(name)).status_code == 403
