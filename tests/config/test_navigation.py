"""Tabs, counts of those who wait, and the page Settings."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from messaging import waiting
from messaging.models import RecoveryStatus
from tests.config.test_shell import get_page, navigation_of
from tests.factories import (
    CampaignFactory,
    ConversationFactory,
    FeedbackFactory,
    PatientFactory,
    UserFactory,
)
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> User:
    user: User = UserFactory.create()
    return user


def tabs(html: str) -> list[str]:
    found = re.findall(r'<nav class="tabs section-tabs".*?</nav>', html, re.DOTALL)
    return [unescape(href) for nav in found for href in re.findall(r'href="([^"]+)"', nav)]


def counts(html: str) -> list[str]:
    return re.findall(r'class="nav-count" aria-hidden="true">([^<]+)<', navigation_of(html))


def create_waiting(user: User, rows: int = 1, *, creator: User | None = None) -> None:
    campaign = CampaignFactory.create(workspace=user.workspace, created_by=creator or user)
    for _ in range(rows):
        ConversationFactory.create(
            workspace=user.workspace,
            patient=PatientFactory.create(workspace=user.workspace, campaign=campaign),
            waiting_since=timezone.now() - timedelta(hours=1),
        )


# Tabs


def test_patients_and_lists_are_tabs(owner: User) -> None:
    expected = [reverse("patients"), reverse("imports")]

    assert tabs(get_page(reverse("patients"), owner)) == expected
    assert tabs(get_page(reverse("imports"), owner)) == expected


def test_reception_has_lists_without_tabs() -> None:
    html = get_page(reverse("imports"), UserFactory.create(role=Role.RECEPTIONIST))

    assert tabs(html) == []


def test_pages_below_a_tab_have_no_tabs(owner: User) -> None:
    patient = PatientFactory.create(workspace=owner.workspace)

    assert tabs(get_page(reverse("patient", args=[patient.pk]), owner)) == []


def test_tabs_of_results_keep_filters_but_not_position(owner: User) -> None:
    html = get_page(f"{reverse('ratings')}?period=90&before=x&as=", owner)

    names = ("results", "topics", "ratings", "reviews", "month", "brought")
    assert tabs(html) == [f"{reverse(name)}?period=90" for name in names]


# Counts


def test_counts_stand_beside_entries_where_somebody_waits(owner: User) -> None:
    create_waiting(owner, 2)
    FeedbackFactory.create(workspace=owner.workspace)

    html = get_page(reverse("profile"), owner, language="en")

    assert counts(html) == ["2", "1"]
    assert "2 patients wait for an answer" in navigation_of(html)
    assert "1 case of an unhappy patient is not resolved" in navigation_of(html)


def test_nothing_is_counted_where_nobody_waits(owner: User) -> None:
    FeedbackFactory.create(
        workspace=owner.workspace, status=RecoveryStatus.RESOLVED, resolved_at=timezone.now()
    )

    assert counts(get_page(reverse("profile"), owner)) == []


def test_doctor_sees_counts_of_own_campaigns(owner: User) -> None:
    doctor = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR)
    create_waiting(owner, 2)
    create_waiting(owner, 1, creator=doctor)

    assert counts(get_page(reverse("profile"), doctor)) == ["1"]


def test_large_count_is_cut(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "MAX_COUNT", 3)
    create_waiting(owner, 4)

    assert counts(get_page(reverse("profile"), owner)) == ["2+"]


def test_response_to_htmx_counts_nothing(owner: User, client: Client) -> None:
    client.force_login(owner)
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("imports"), headers={"HX-Request": "true"})

    tables = ("messaging_conversation", "messaging_feedback")
    assert not [query for query in queries if any(table in query["sql"] for table in tables)]


# Settings


def settings_links(user: User) -> set[str]:
    html = get_page(reverse("settings"), user)
    (main,) = re.findall(r'<main id="main".*?</main>', html, re.DOTALL)
    return set(re.findall(r'<li><a href="([^"]+)"', main))


def test_owner_finds_every_page_of_settings(owner: User) -> None:
    names = (
        *("workspace_settings", "brand", "practices", "doctors", "team", "audit"),
        *("templates", "canned_answers", "suppressions", "sharing"),
        *("google_connection", "keys", "endpoints", "billing", "find_person", "assistant"),
    )

    assert settings_links(owner) == {reverse(name) for name in names}


def test_doctor_finds_own_pages_of_settings() -> None:
    names = ("practices", "templates", "canned_answers", "suppressions")

    found = settings_links(UserFactory.create(role=Role.DOCTOR))

    assert found == {reverse(name) for name in names}


def test_reception_has_nothing_to_set_up() -> None:
    assert settings_links(UserFactory.create(role=Role.RECEPTIONIST)) == set()


@pytest.mark.parametrize(
    "name",
    [
        *("workspace_settings", "practices", "team", "audit", "templates", "suppressions"),
        *("sharing", "keys", "endpoints", "billing", "find_person"),
    ],
)
def test_page_of_settings_links_back(name: str, owner: User) -> None:
    assert f'class="back" href="{reverse("settings")}"' in get_page(reverse(name), owner)
