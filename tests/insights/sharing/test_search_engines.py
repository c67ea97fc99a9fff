"""What search engines and messengers read of a public report."""

import json
import re
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image
from pytest_django import Settings

from core import tenancy
from insights.models import Report
from tests.factories import PracticeFactory, ReportFactory, UserFactory
from tests.insights.sharing.test_reports import READER, create_rated
from workspaces.models import Practice, Role

pytestmark = pytest.mark.django_db

NASTY = '"Sol" & </script><script>alert(1)</script>'


@pytest.fixture
def practice() -> Practice:
    practice: Practice = PracticeFactory.create(
        name="Consultorio Norte",
        city="Quito",
        address="Av. Amazonas N24-03",
        phone="+593991234567",
    )
    return practice


def publish(practice: Practice, **fields: Any) -> Report:
    report: Report = ReportFactory.create(workspace=practice.workspace, practice=practice, **fields)
    return report


def open_report(report: Report, **headers: str) -> Any:
    return Client().get(reverse("public_report", args=[report.token]), headers=READER | headers)


def read_json_ld(page: str) -> dict[str, Any]:
    (content,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page)
    data: dict[str, Any] = json.loads(content)
    return data


def read_property(page: str, name: str) -> str:
    (content,) = re.findall(rf'<meta (?:property|name)="{name}" content="([^"]*)"', page)
    return str(content)


def test_report_is_not_indexed_unless_the_owner_wants_it(practice: Practice) -> None:
    response = open_report(publish(practice))

    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert '<meta name="robots" content="noindex, nofollow">' in response.content.decode()
    assert "ld+json" not in response.content.decode()


def test_indexable_report_names_itself(practice: Practice, settings: Settings) -> None:
    settings.SITE_URL = "https://opiniones.example.com"
    create_rated(practice, 5, 5, 4, 5, 5)
    report = publish(practice, is_indexable=True, description="Medicina familiar.")

    response = open_report(report)

    page = response.content.decode()
    url = f"https://opiniones.example.com/p/{report.token}"
    assert "X-Robots-Tag" not in response
    assert "noindex" not in page
    assert f'<link rel="canonical" href="{url}">' in page
    assert "<title>Consultorio Norte, Quito: ratings by patients</title>" in page
    assert read_property(page, "description") == "Medicina familiar."
    assert read_property(page, "og:image").startswith(f"{url}/card.png?v=")
    assert not response.cookies


def test_structured_data_describe_the_clinic_without_stars(practice: Practice) -> None:
    create_rated(practice, 5, 5, 4, 5, 5)

    data = read_json_ld(open_report(publish(practice, is_indexable=True)).content.decode())

    assert data["@type"] == "MedicalClinic"
    assert data["telephone"] == "+593991234567"
    assert data["address"]["addressLocality"] == "Quito"
    assert not {"aggregateRating", "review"} & set(data)


def test_names_are_escaped_in_structured_data_and_link_preview(practice: Practice) -> None:
    with tenancy.within(practice.workspace_id):
        practice.name = practice.city = NASTY
        practice.save()
    report = publish(practice, is_indexable=True, description=NASTY)

    page = open_report(report).content.decode()

    assert "<script>alert" not in page
    assert read_json_ld(page)["name"] == NASTY
    assert "&quot;Sol&quot; &amp; &lt;/script&gt;" in read_property(page, "og:title")


def test_page_is_small_and_has_no_script_to_run(practice: Practice) -> None:
    create_rated(practice, 5, 5, 4, 5, 5)

    response = open_report(publish(practice, is_indexable=True))

    assert len(response.content) < 60_000
    assert re.findall(r"<script(?! type=\"application/ld\+json\")", response.content.decode()) == []


def test_report_leads_to_map_phone_and_appointments(practice: Practice) -> None:
    report = publish(practice, booking_url="https://agenda.example.com/norte")

    page = open_report(report).content.decode()

    assert 'href="https://agenda.example.com/norte"' in page
    assert "https://www.google.com/maps/search/?api=1&amp;query=Consultorio+Norte" in page
    assert 'href="tel:+593991234567"' in page


def test_crawler_gets_the_language_of_the_clinic(practice: Practice) -> None:
    path = reverse("public_report", args=[publish(practice, is_indexable=True).token])

    response = Client().get(path, headers={"User-Agent": "Googlebot/2.1"})

    assert response["Content-Language"] == "es"
    assert "Cómo preguntamos" in response.content.decode()


def test_picture_for_links_is_drawn_once_and_has_the_expected_size(practice: Practice) -> None:
    create_rated(practice, 5, 5, 4, 5, 5)
    report = publish(practice)
    path = reverse("link_card", args=[report.token])

    first, second = Client().get(path), Client().get(path)

    assert first["Content-Type"] == "image/png"
    assert first["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "public" in first["Cache-Control"]
    assert Image.open(BytesIO(first.content)).size == (1200, 630)
    assert first.content == second.content
    assert not first.cookies


def test_owner_changes_what_the_report_says(practice: Practice, client: Client) -> None:
    report = publish(practice)
    client.force_login(UserFactory.create(workspace=practice.workspace, role=Role.OWNER))
    path = reverse("report_edit", args=[report.pk])

    refused = client.post(path, {"booking_url": "http://agenda.example.com"})
    saved = client.post(
        path,
        {
            "description": "Pediatría.",
            "booking_url": "https://agenda.example.com",
            "is_indexable": "on",
        },
    )

    assert refused.status_code == 200
    assert saved.status_code == 302
    with tenancy.within(practice.workspace_id):
        report.refresh_from_db()
    assert (report.description, report.is_indexable) == ("Pediatría.", True)
    assert report.booking_url == "https://agenda.example.com"
