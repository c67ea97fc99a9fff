"""The URL holds the period and filters: back, reload and a shared link show the same figures."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories import CampaignFactory, MessageFactory, PatientFactory, UserFactory
from tests.insights.home.figure_links import without_figure_links
from workspaces.models import User

pytestmark = pytest.mark.django_db

HTMX = {"HX-Request": "true"}
BACK = {"HX-Request": "true", "HX-History-Restore-Request": "true"}


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(language="en")
    client.force_login(user)
    for doctor in ("Dra. Paz", "Dr. Ruiz"):
        campaign = CampaignFactory.create(workspace=user.workspace)
        patient = PatientFactory.create(
            workspace=user.workspace, campaign=campaign, doctor_name=doctor
        )
        MessageFactory.create(
            workspace=user.workspace,
            patient=patient,
            status="DELIVERED",
            sent_at=timezone.now() - timedelta(days=60),
            delivered_at=timezone.now() - timedelta(days=60),
        )
    return user


def checked_period(page: str) -> str:
    (value,) = re.findall(r'<input type="radio" name="period" value="(\w+)"[^>]*checked', page)
    return str(value)


def test_htmx_request_gets_the_part_and_pushes_the_url(client: Client, owner: User) -> None:
    query = {"period": "90", "from": "2026-01-01", "to": "2026-01-02", "doctor": "Dra. Paz"}
    answer = client.get(reverse("results"), query | {"channel": "", "campaign": ""}, headers=HTMX)

    assert answer.content.decode().strip().startswith('<section id="results"')
    pushed = urlsplit(answer["HX-Push-Url"])
    assert pushed.path == reverse("results")
    assert parse_qs(pushed.query) == {"period": ["90"], "doctor": ["Dra. Paz"]}


@pytest.mark.parametrize("headers", [{}, BACK], ids=["reload", "back"])
def test_pushed_url_shows_the_same_form_and_figures(
    headers: dict[str, str], client: Client, owner: User
) -> None:
    part = client.get(reverse("results"), {"period": "12m", "doctor": "Dra. Paz"}, headers=HTMX)
    page = client.get(part["HX-Push-Url"], headers=headers)

    html = without_figure_links(page.content.decode())
    assert "<html" in html
    assert "HX-Push-Url" not in page
    assert checked_period(html) == checked_period(part.content.decode()) == "12m"
    assert '<option value="Dra. Paz" selected' in html
    assert "of 1 asked" in html
    assert "HX-Request" in page["Vary"]


def test_custom_days_are_in_the_pushed_url(client: Client, owner: User) -> None:
    first = timezone.localdate() - timedelta(days=61)
    query = {"period": "own", "from": first.isoformat(), "to": first.isoformat()}
    answer = client.get(reverse("results"), query, headers=HTMX)

    pushed = parse_qs(urlsplit(answer["HX-Push-Url"]).query)
    assert pushed == {"period": ["own"], "from": [first.isoformat()], "to": [first.isoformat()]}


def test_invalid_period_is_replaced_in_the_pushed_url(client: Client, owner: User) -> None:
    answer = client.get(reverse("results"), {"period": "own", "from": "x"}, headers=HTMX)

    assert answer["HX-Push-Url"] == f"{reverse('results')}?period=30"
    assert "last 30 days" in answer.content.decode()


def test_form_without_javascript_submits_to_its_own_page(client: Client, owner: User) -> None:
    page = client.get(reverse("results")).content.decode()

    assert f'<form class="results-form" method="get" action="{reverse("results")}"' in page


@pytest.mark.parametrize("query", ["period=90", "from=2026-01-01&to=2026-01-02", "doctor=Dr.+Ruiz"])
def test_old_link_to_home_leads_to_the_results(query: str, client: Client, owner: User) -> None:
    answer = client.get(f"{reverse('home')}?{query}")

    assert answer["Location"] == f"{reverse('results')}?{query}"


def test_home_ignores_other_parameters(client: Client, owner: User) -> None:
    assert client.get(reverse("home"), {"utm_source": "mail"}).status_code == 200
