import xml.etree.ElementTree as ET
from urllib.robotparser import RobotFileParser

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from tests.factories import LegalTextFactory, ReportFactory

pytestmark = pytest.mark.django_db

SITE = "https://opiniones.example.com"
LOCATION = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"


@pytest.fixture(autouse=True)
def _site(settings: Settings) -> None:
    settings.SITE_URL = SITE


def listed_addresses(client: Client) -> list[str]:
    root = ET.fromstring(client.get("/sitemap.xml").content)  # noqa: S314 - our own
    return [str(entry.text) for entry in root.iter(LOCATION)]


def test_robots_may_read_public_pages_only(client: Client) -> None:
    response = client.get("/robots.txt")
    robots = RobotFileParser()
    robots.parse(response.content.decode().splitlines())

    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert not response.cookies
    for path in (reverse("pricing"), reverse("legal_terms"), "/p/abc", "/static/app.css"):
        assert robots.can_fetch("Googlebot", SITE + path), path
    for path in ("/campaigns/", "/accounts/login/", "/r/abc", "/d/abc", "/admin/", "/api/v1/me"):
        assert not robots.can_fetch("Googlebot", SITE + path), path
    # Python's parser does not know the sign for the end of an address.
    assert "Allow: /$" in response.content.decode()
    assert f"Sitemap: {SITE}/sitemap.xml" in response.content.decode()


def test_private_installation_lets_robots_read_reports_only(
    client: Client, settings: Settings
) -> None:
    settings.PUBLIC_SITE = False
    report = ReportFactory.create(is_indexable=True)

    robots = client.get("/robots.txt").content.decode()

    assert "Allow: /p/" in robots
    assert "/pricing/" not in robots
    assert listed_addresses(client) == [f"{SITE}/p/{report.token}"]


def test_sitemap_has_public_pages_and_indexable_reports(client: Client) -> None:
    shown = ReportFactory.create(is_indexable=True)
    hidden = ReportFactory.create()
    closed = ReportFactory.create(is_indexable=True, revoked_at=timezone.now())
    LegalTextFactory.create(kind="privacy")

    addresses = listed_addresses(client)

    assert f"{SITE}/" in addresses
    assert f"{SITE}/pricing/" in addresses
    assert f"{SITE}/p/{shown.token}" in addresses
    assert not any(report.token in address for report in (hidden, closed) for address in addresses)
    # Drafts of legal texts are not for search engines.
    assert f"{SITE}/legal/privacy/" in addresses
    assert f"{SITE}/legal/terms/" not in addresses


def test_icons_are_where_browsers_look_for_them(client: Client) -> None:
    assert "favicon" in client.get("/favicon.ico")["Location"]
    icons = client.get("/site.webmanifest").json()["icons"]

    assert {icon.get("purpose") for icon in icons} == {None, "any", "maskable"}
