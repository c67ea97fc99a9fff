from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from insights.models import Report
from messaging import quotes
from messaging.models import Message, Quote
from tests.factories import (
    CampaignFactory,
    MessageFactory,
    PatientFactory,
    PracticeFactory,
    QuoteFactory,
    ReportFactory,
    UserFactory,
)
from workspaces.models import Plan, Practice, Role, User, Workspace

pytestmark = pytest.mark.django_db

READER = {"User-Agent": "Mozilla/5.0 (Android)", "Accept-Language": "en"}


@pytest.fixture
def practice() -> Practice:
    practice: Practice = PracticeFactory.create(name="Consultorio Norte", workspace__name="Clínica")
    return practice


@pytest.fixture
def owner(client: Client, practice: Practice) -> User:
    user: User = UserFactory.create(workspace=practice.workspace, role=Role.OWNER, language="en")
    client.force_login(user)
    return user


def create_rated(practice: Practice, *ratings: int, **fields: Any) -> list[Message]:
    campaign = CampaignFactory.create(workspace=practice.workspace, practice=practice)
    at = timezone.now() - timedelta(days=3)
    return [
        MessageFactory.create(
            workspace=practice.workspace,
            campaign=campaign,
            patient=PatientFactory.create(
                workspace=practice.workspace, campaign=campaign, name="Zoila Paz"
            ),
            status="REPLIED",
            rating=rating,
            sent_at=at,
            delivered_at=at,
            replied_at=at,
            **fields,
        )
        for rating in ratings
    ]


def open_report(report: Report, **headers: str) -> str:
    page = Client().get(reverse("public_report", args=[report.token]), headers=READER | headers)
    return page.content.decode()


def read_views(report: Report) -> int:
    with tenancy.within(report.workspace_id):
        return Report.objects.get(pk=report.pk).views


def publish_report(practice: Practice) -> Report:
    report: Report = ReportFactory.create(workspace=practice.workspace, practice=practice)
    return report


def test_report_shows_all_ratings_and_no_names(practice: Practice) -> None:
    create_rated(practice, 5, 5, 4, 1, 5, comment="Con nombre no")
    page = open_report(publish_report(practice))

    assert "Consultorio Norte" in page
    assert "<b>4.0</b>" in page
    assert page.count("<progress") == 5
    assert "Zoila" not in page
    assert "Con nombre no" not in page


def test_report_does_not_count_other_practices(practice: Practice) -> None:
    create_rated(practice, 5, 5, 5, 5, 5)
    create_rated(PracticeFactory.create(workspace=practice.workspace), 1, 1, 1, 1, 1)

    assert "<b>5.0</b>" in open_report(publish_report(practice))


def test_report_with_few_ratings_shows_no_average(practice: Practice) -> None:
    create_rated(practice, 5, 5)

    assert "too few" in open_report(publish_report(practice))


def test_revoked_report_is_not_found(practice: Practice, owner: User, client: Client) -> None:
    report = publish_report(practice)
    client.post(reverse("report_revoke", args=[report.pk]))
    path = reverse("public_report", args=[report.token])

    assert Client().get(path, headers=READER).status_code == 404
    assert Client().get(reverse("badge", args=[report.token])).status_code == 404


@pytest.mark.parametrize("token", ["x", "%00", "a" * 300, "ñ"])
def test_unknown_token_is_not_found(token: str) -> None:
    assert Client().get(f"/p/{token}", headers=READER).status_code == 404


def test_views_of_bots_are_not_counted(practice: Practice) -> None:
    report = publish_report(practice)
    open_report(report)
    open_report(report)
    open_report(report, **{"User-Agent": "Googlebot/2.1"})

    assert read_views(report) == 2


def test_quote_is_shown_only_if_allowed_and_chosen(
    practice: Practice, owner: User, client: Client
) -> None:
    report = publish_report(practice)
    (allowed,) = create_rated(practice, 5, comment="Excelente trato", quotable_at=timezone.now())
    (kept,) = create_rated(practice, 5, comment="Solo para ustedes")
    assert "Excelente trato" not in open_report(report)

    seen = {"shown": quotes.fingerprint_words("Excelente trato")}
    client.post(reverse("quote_choose", args=[allowed.pk]), seen)
    assert client.post(reverse("quote_choose", args=[kept.pk])).status_code == 404
    page = open_report(report)
    assert "Excelente trato" in page
    assert "Solo para ustedes" not in page

    with tenancy.within(practice.workspace_id):
        quote = Quote.objects.get()
    client.post(reverse("quote_withdraw", args=[quote.pk]))
    assert "Excelente trato" not in open_report(report)


def test_quote_of_erased_patient_is_not_shown(practice: Practice) -> None:
    report = publish_report(practice)
    (quoted,) = create_rated(practice, 5, comment="Excelente trato", quotable_at=timezone.now())
    QuoteFactory.create(workspace=practice.workspace, message=quoted)
    assert "Excelente trato" in open_report(report)

    with tenancy.within(practice.workspace_id):
        quoted.patient.data_deleted_at = timezone.now()
        quoted.patient.save()
    assert "Excelente trato" not in open_report(report)


def test_publishing_twice_creates_one_report(
    practice: Practice, owner: User, client: Client
) -> None:
    client.post(reverse("report_publish", args=[practice.pk]))
    client.post(reverse("report_publish", args=[practice.pk]))

    with tenancy.within(practice.workspace_id):
        assert Report.objects.count() == 1


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.RECEPTIONIST])
def test_only_owners_can_share(role: Role, practice: Practice, client: Client) -> None:
    client.force_login(UserFactory.create(workspace=practice.workspace, role=role))

    assert client.get(reverse("sharing")).status_code == 403
    assert client.post(reverse("report_publish", args=[practice.pk])).status_code == 403


def test_smaller_plan_keeps_public_reports_and_publishes_no_new_one(
    client: Client, practice: Practice, owner: User
) -> None:
    public = ReportFactory.create(workspace=practice.workspace, practice=practice)
    other = PracticeFactory.create(workspace=practice.workspace)
    with tenancy.platform("test"):
        Workspace.objects.filter(pk=practice.workspace_id).update(plan=Plan.STARTER)

    page = client.get(reverse("sharing")).content.decode()
    refused = client.post(reverse("report_publish", args=[other.pk]))

    assert "part of the Professional plan" in page
    assert reverse("report_publish", args=[other.pk]) not in page
    assert refused.status_code == 409
    assert client.get(reverse("public_report", args=[public.token])).status_code == 200
    with tenancy.within(practice.workspace_id):
        assert Report.objects.get() == public
