"""Downloading the reports: who may, how often, and what stands on the page."""

from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign
from insights.month.pdf import views
from tests.factories import CampaignFactory, UserFactory
from tests.insights.month.pdf.pdf_text import read_text
from tests.insights.topics.visits import create_visit
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

DAY = date(2026, 3, 10)
NOW = datetime(2026, 4, 15, 15, tzinfo=UTC)
BOARD = "/results/month/board.pdf?month=2026-03"
SHEET = "/results/month/waiting-room.pdf?month=2026-03"
PAGE = "/results/month/?month=2026-03"


@pytest.fixture(autouse=True)
def _april(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(language="en", role=Role.OWNER)
    client.force_login(user)
    return user


@pytest.fixture
def campaign(owner: User) -> Campaign:
    created: Campaign = CampaignFactory.create(workspace=owner.workspace, created_by=owner)
    for _number in range(5):
        create_visit(created, DAY, rating=5)
    return created


@pytest.mark.parametrize("address", [BOARD, SHEET])
def test_owner_downloads_a_pdf(client: Client, campaign: Campaign, address: str) -> None:
    response = client.get(address)

    assert response.status_code == 200
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; filename=")
    assert response["Cache-Control"] == "no-store"
    assert "5.0 of 5" in read_text(response.content).replace("5,0 de 5", "5.0 of 5")


@pytest.mark.parametrize(
    ("role", "address", "status"),
    [
        (Role.DOCTOR, BOARD, 200),
        (Role.DOCTOR, SHEET, 403),
        (Role.RECEPTIONIST, BOARD, 403),
        (Role.RECEPTIONIST, SHEET, 403),
    ],
)
def test_reports_have_the_rights_of_the_page_and_of_sharing(
    client: Client, campaign: Campaign, role: Role, address: str, status: int
) -> None:
    member = UserFactory.create(workspace=campaign.workspace, role=role)
    create_visit(CampaignFactory.create(workspace=campaign.workspace, created_by=member), DAY)
    client.force_login(member)

    assert client.get(address).status_code == status


def test_month_without_asks_says_what_to_do(client: Client, owner: User) -> None:
    response = client.get(BOARD)

    assert response.status_code == 409
    assert "Choose another month" in response.content.decode()


def test_too_many_reports_are_refused(
    client: Client, campaign: Campaign, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "MAX_A_MINUTE", 1)
    client.get(BOARD)
    response = client.get(BOARD)

    assert response.status_code == 429
    assert "Wait a minute" in response.content.decode()


def test_page_leads_to_both_reports(client: Client, campaign: Campaign) -> None:
    page = client.get(PAGE).content.decode()

    assert f'href="{reverse("month_board_pdf")}?month=2026-03"' in page
    assert f'href="{reverse("month_waiting_room_pdf")}?month=2026-03"' in page


def test_page_leads_to_no_report_that_would_be_refused(client: Client, campaign: Campaign) -> None:
    create_visit(campaign, date(2026, 4, 2), rating=5)
    of_april = client.get(PAGE.replace("03", "04")).content.decode()
    of_january = client.get(PAGE.replace("03", "01")).content.decode()

    assert reverse("month_board_pdf") in of_april
    assert reverse("month_waiting_room_pdf") not in of_april
    assert reverse("month_board_pdf") not in of_january


def test_doctor_is_not_led_to_the_waiting_room(client: Client, campaign: Campaign) -> None:
    doctor = UserFactory.create(workspace=campaign.workspace, role=Role.DOCTOR)
    own = CampaignFactory.create(workspace=campaign.workspace, created_by=doctor)
    for _number in range(5):
        create_visit(own, DAY, rating=5)
    client.force_login(doctor)

    assert reverse("month_waiting_room_pdf") not in client.get(PAGE).content.decode()
