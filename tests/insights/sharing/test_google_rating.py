"""Google's rating in the public report and on the badge: apart from ours, and only while fresh."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from insights.models import Report
from reviews.models import GoogleConnection, GoogleLocation
from tests.factories import GoogleLocationFactory, PracticeFactory, ReportFactory, UserFactory
from tests.insights.sharing.test_reports import create_rated
from workspaces.models import Practice, Role, User

pytestmark = pytest.mark.django_db

READER = {"User-Agent": "Mozilla/5.0 (Android)", "Accept-Language": "es"}


@pytest.fixture
def practice() -> Practice:
    practice: Practice = PracticeFactory.create(name="Consultorio Norte", workspace__language="es")
    return practice


@pytest.fixture
def report(practice: Practice) -> Report:
    created: Report = ReportFactory.create(
        workspace=practice.workspace, practice=practice, shows_google=True, is_indexable=True
    )
    return created


def add_listing(practice: Practice, **fields: Any) -> GoogleLocation:
    listing: GoogleLocation = GoogleLocationFactory.create(
        workspace=practice.workspace,
        practice=practice,
        **{
            "title": "Clínica Norte",
            "place_id": "ChIJnorte",
            "average_rating": "4.36",
            "review_count": 213,
            "changes_fetched_at": timezone.now() - timedelta(hours=1),
        }
        | fields,
    )
    return listing


def open_report(report: Report) -> str:
    path = reverse("public_report", args=[report.token])
    return Client(headers=READER).get(path).content.decode()


def open_badge(report: Report, size: str = "l") -> str:
    path = reverse("badge", args=[report.token])
    return Client(headers=READER).get(path, {"size": size}).content.decode()


def test_report_shows_google_apart_from_our_ratings(practice: Practice, report: Report) -> None:
    create_rated(practice, 5, 5, 5, 5, 5)
    add_listing(practice)

    page = open_report(report)

    assert "Reseñas de Google" in page
    assert "4,4 de 5 en 213 reseñas" in page
    assert "query_place_id=ChIJnorte" in page
    assert "<b>5,0</b>" in page  # ours is what it was
    assert "aggregateRating" not in page


def test_report_shows_nothing_of_google_unless_the_owner_wants_it(practice: Practice) -> None:
    add_listing(practice)
    report = ReportFactory.create(workspace=practice.workspace, practice=practice)

    assert "Reseñas de Google" not in open_report(report)
    assert "Google" not in open_badge(report)


@pytest.mark.parametrize(
    "fields",
    [
        {"changes_fetched_at": None},
        {"changes_fetched_at": timezone.now() - timedelta(days=31)},
        {"average_rating": None, "review_count": None},
        {"average_rating": "0.00", "review_count": 0},
        {"failure": "GONE", "failed_at": timezone.now()},
    ],
    ids=["never", "stale", "unknown", "none", "gone"],
)
def test_report_shows_only_a_fresh_rating(
    practice: Practice, report: Report, fields: dict[str, Any]
) -> None:
    add_listing(practice, **fields)

    assert "Reseñas de Google" not in open_report(report)


def test_report_after_disconnecting_shows_nothing_of_google(
    practice: Practice, report: Report
) -> None:
    add_listing(practice)
    with tenancy.within(practice.workspace_id):
        GoogleConnection.objects.update(status="DISCONNECTED", refresh_token="", access_token="")

    assert "Reseñas de Google" not in open_report(report)


def test_listing_of_another_practice_is_not_shown(practice: Practice, report: Report) -> None:
    add_listing(PracticeFactory.create(workspace=practice.workspace))

    assert "Reseñas de Google" not in open_report(report)


@pytest.mark.parametrize(("size", "is_shown"), [("s", False), ("m", False), ("l", True)])
def test_large_badge_shows_google(
    practice: Practice, report: Report, size: str, is_shown: bool
) -> None:
    create_rated(practice, 5, 5, 5, 5, 5)
    add_listing(practice)

    badge = open_badge(report, size)

    assert ("4,4 (213)" in badge) is is_shown
    assert ("Reseñas de Google: 4,4 de 5, 213 reseñas" in badge) is is_shown


def test_owner_chooses_to_show_google(client: Client, practice: Practice) -> None:
    report = ReportFactory.create(workspace=practice.workspace, practice=practice)
    owner: User = UserFactory.create(workspace=practice.workspace, role=Role.OWNER)
    client.force_login(owner)

    client.post(reverse("report_edit", args=[report.pk]), {"shows_google": "on"})

    with tenancy.within(practice.workspace_id):
        assert Report.objects.get(pk=report.pk).shows_google
