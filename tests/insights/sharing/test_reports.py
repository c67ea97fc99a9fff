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
    found: Practice = PracticeFactory.create(name="Consultorio Norte", workspace__name="Clínica")
    return found


@pytest.fixture
def owner(client: Client, practice: Practice) -> User:
    user: User = UserFactory.create(workspace=practice.workspace, role=Role.OWNER, language="en")
    client.force_login(user)
    return user


def rated(practice: Practice, *ratings: int, **fields: Any) -> list[Message]:
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


def shown(report: Report, **headers: str) -> str:
    page = Client().get(reverse("public_report", args=[report.token]), headers=READER | headers)
    return page.content.decode()


def views(report: Report) -> int:
    with tenancy.within(report.workspace_id):
        return Report.objects.get(pk=report.pk).views


def published(practice: Practice) -> Report:
    report: Report = ReportFactory.create(workspace=practice.workspace, practice=practice)
    return report


def test_a_report_shows_all_of_the_ratings_and_no_name(practice: Practice) -> None:
    rated(practice, 5, 5, 4, 1, 5, comment="Con nombre no")
    page = shown(published(practice))

    assert "Consultorio Norte" in page
    assert "<b>4.0</b>" in page
    assert page.count("<progress") == 5
    assert "Zoila" not in page
    assert "Con nombre no" not in page


def test_other_practices_do_not_count(practice: Practice) -> None:
    rated(practice, 5, 5, 5, 5, 5)
    rated(PracticeFactory.create(workspace=practice.workspace), 1, 1, 1, 1, 1)

    assert "<b>5.0</b>" in shown(published(practice))


def test_of_few_ratings_no_average_is_shown(practice: Practice) -> None:
    rated(practice, 5, 5)

    assert "too few" in shown(published(practice))


def test_a_revoked_report_leads_nowhere(practice: Practice, owner: User, client: Client) -> None:
    report = published(practice)
    client.post(reverse("report_revoke", args=[report.pk]))
    path = reverse("public_report", args=[report.token])

    assert Client().get(path, headers=READER).status_code == 404
    assert Client().get(reverse("badge", args=[report.token])).status_code == 404


@pytest.mark.parametrize("token", ["x", "%00", "a" * 300, "ñ"])
def test_a_guess_leads_nowhere(token: str) -> None:
    assert Client().get(f"/p/{token}", headers=READER).status_code == 404


def test_people_are_counted_and_programs_are_not(practice: Practice) -> None:
    report = published(practice)
    shown(report)
    shown(report)
    shown(report, **{"User-Agent": "Googlebot/2.1"})

    assert views(report) == 2


def test_words_are_shown_when_they_were_allowed_and_chosen(
    practice: Practice, owner: User, client: Client
) -> None:
    report = published(practice)
    (allowed,) = rated(practice, 5, comment="Excelente trato", quotable_at=timezone.now())
    (kept,) = rated(practice, 5, comment="Solo para ustedes")
    assert "Excelente trato" not in shown(report)

    seen = {"shown": quotes.fingerprint_words("Excelente trato")}
    client.post(reverse("quote_choose", args=[allowed.pk]), seen)
    assert client.post(reverse("quote_choose", args=[kept.pk])).status_code == 404
    page = shown(report)
    assert "Excelente trato" in page
    assert "Solo para ustedes" not in page

    with tenancy.within(practice.workspace_id):
        quote = Quote.objects.get()
    client.post(reverse("quote_withdraw", args=[quote.pk]))
    assert "Excelente trato" not in shown(report)


def test_an_erased_patient_is_quoted_no_more(practice: Practice) -> None:
    report = published(practice)
    (said,) = rated(practice, 5, comment="Excelente trato", quotable_at=timezone.now())
    QuoteFactory.create(workspace=practice.workspace, message=said)
    assert "Excelente trato" in shown(report)

    with tenancy.within(practice.workspace_id):
        said.patient.data_deleted_at = timezone.now()
        said.patient.save()
    assert "Excelente trato" not in shown(report)


def test_publishing_twice_is_one_report(practice: Practice, owner: User, client: Client) -> None:
    client.post(reverse("report_publish", args=[practice.pk]))
    client.post(reverse("report_publish", args=[practice.pk]))

    with tenancy.within(practice.workspace_id):
        assert Report.objects.count() == 1


def test_the_badge_is_a_picture_that_any_site_may_show(practice: Practice) -> None:
    rated(practice, 5, 5, 5, 5, 4)
    badge = Client().get(reverse("badge", args=[published(practice).token]))

    assert badge["Content-Type"] == "image/svg+xml"
    assert badge["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "4,8" in badge.content.decode() or "4.8" in badge.content.decode()


def test_the_code_for_a_site_is_shown_as_text(
    practice: Practice, owner: User, client: Client
) -> None:
    report = published(practice)
    page = client.get(reverse("sharing")).content.decode()

    assert f"/p/{report.token}/badge.svg&quot;" in page
    assert "&lt;img src=" in page


def test_a_name_in_a_badge_is_text(practice: Practice) -> None:
    with tenancy.within(practice.workspace_id):
        practice.name = "<script>alert(1)</script>"
        practice.save()
    badge = Client().get(reverse("badge", args=[published(practice).token]))

    assert "<script" not in badge.content.decode()


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.RECEPTIONIST])
def test_only_owners_share(role: Role, practice: Practice, client: Client) -> None:
    client.force_login(UserFactory.create(workspace=practice.workspace, role=role))

    assert client.get(reverse("sharing")).status_code == 403
    assert client.post(reverse("report_publish", args=[practice.pk])).status_code == 403


def test_a_smaller_plan_publishes_nothing_new_and_keeps_what_is_public(
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
