"""The badge for a clinic's own site, and the page on which its owner chooses it."""

import re
import xml.etree.ElementTree as ET

import pytest
from django.test import Client
from django.urls import reverse

from core import tenancy
from insights.sharing.badges import BadgeSize, BadgeTheme
from tests.factories import PracticeFactory, ReportFactory, UserFactory
from tests.insights.sharing.test_reports import create_rated, publish_report
from workspaces.models import Practice, Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def practice() -> Practice:
    practice: Practice = PracticeFactory.create(name="Consultorio Norte")
    return practice


@pytest.fixture
def owner(client: Client, practice: Practice) -> User:
    user: User = UserFactory.create(workspace=practice.workspace, role=Role.OWNER, language="en")
    client.force_login(user)
    return user


def test_badge_is_an_image_for_any_site(practice: Practice) -> None:
    create_rated(practice, 5, 5, 5, 5, 4)
    badge = Client().get(reverse("badge", args=[publish_report(practice).token]))

    assert badge["Content-Type"] == "image/svg+xml"
    assert badge["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert badge["Cache-Control"].startswith("public, max-age=3600")
    assert badge["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    assert not badge.cookies
    assert "4,8" in badge.content.decode()


def test_unchanged_badge_is_not_sent_again(practice: Practice) -> None:
    path = reverse("badge", args=[publish_report(practice).token])
    etag = Client().get(path)["ETag"]

    assert Client().get(path, headers={"If-None-Match": etag}).status_code == 304


@pytest.mark.parametrize("theme", BadgeTheme)
@pytest.mark.parametrize("size", BadgeSize)
def test_badge_has_the_size_of_its_embed_code(
    size: BadgeSize, theme: BadgeTheme, practice: Practice
) -> None:
    create_rated(practice, 5, 5, 5, 5, 4)
    path = reverse("badge", args=[publish_report(practice).token])

    badge = Client().get(path, {"size": size, "theme": theme})
    root = ET.fromstring(badge.content)  # noqa: S314 - our own

    assert (root.get("width"), root.get("height")) == (
        str(size.shape.width),
        str(size.shape.height),
    )


@pytest.mark.parametrize("query", ["", "?size=&theme=", "?size=xxl&theme=%3Cb%3E"])
def test_badge_without_a_known_style_is_that_of_old_embed_codes(
    query: str, practice: Practice
) -> None:
    path = reverse("badge", args=[publish_report(practice).token])

    badge = Client().get(path + query).content.decode()

    assert 'width="220" height="64"' in badge
    assert "prefers-color-scheme" not in badge
    assert "<b>" not in badge


def test_badge_with_few_ratings_has_no_average(practice: Practice) -> None:
    create_rated(practice, 5, 5)
    badge = Client().get(reverse("badge", args=[publish_report(practice).token]))

    assert "5,0" not in badge.content.decode()


def test_name_in_badge_is_escaped(practice: Practice) -> None:
    with tenancy.within(practice.workspace_id):
        practice.name = '"><script>alert(1)</script>'
        practice.save()
    badge = Client().get(reverse("badge", args=[publish_report(practice).token]))

    assert "<script" not in badge.content.decode()
    ET.fromstring(badge.content)  # noqa: S314 - our own


def test_chooser_shows_each_size_with_its_code(
    practice: Practice, owner: User, client: Client
) -> None:
    report = publish_report(practice)
    path = reverse("badge_chooser", args=[report.pk])

    page = client.get(path, {"theme": "dark"}).content.decode()

    codes = re.findall(r"&lt;img src=&quot;[^&]+/badge\.svg\?size=(.)&amp;", page)
    assert codes == ["s", "m", "l"]
    assert "&lt;a href=" in page
    assert "&lt;script" not in page
    assert page.count("badge-preview-dark") == 3


def test_only_owners_choose_badges_and_change_reports(practice: Practice, client: Client) -> None:
    report = ReportFactory.create(workspace=practice.workspace, practice=practice)
    client.force_login(UserFactory.create(workspace=practice.workspace, role=Role.DOCTOR))

    for name in ("badge_chooser", "report_edit"):
        assert client.get(reverse(name, args=[report.pk])).status_code == 403
