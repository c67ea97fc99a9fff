"""The desk of the platform's staff names the clinics that need somebody, and no others."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from campaigns.models import CampaignStatus
from config import staff_desk
from core import tenancy
from insights.models import DayTally, Facet
from patients.models import Import, ImportStatus
from templates_app.models import RequestState
from tests.factories import (
    ApprovalRequestFactory,
    ApprovedTextFactory,
    BankTransferFactory,
    CampaignFactory,
    EntitlementFactory,
    ImportFactory,
    SenderFlagFactory,
    StaffFactory,
    UserFactory,
    WorkspaceFactory,
)
from workspaces.models import EntitlementSource, Plan, SubscriptionStatus, Workspace

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


def clinics_of(title: str, now: datetime) -> list[str]:
    with tenancy.platform("test"):
        sections = {str(section.title): section for section in staff_desk.read_desk(now)}
    return [row.clinic for row in sections[title].rows]


def test_clinic_without_trouble_is_nowhere() -> None:
    CampaignFactory.create(status=CampaignStatus.ACTIVE)

    with tenancy.platform("test"):
        assert [section.rows for section in staff_desk.read_desk(timezone.now())] == [[]] * 9


def test_new_finding_and_stopped_messages_are_named() -> None:
    flagged = SenderFlagFactory.create(seen_at=None).workspace
    SenderFlagFactory.create(seen_at=timezone.now())
    stopped = WorkspaceFactory.create(
        sending_stopped_at=timezone.now(), sending_stopped_because="Spam"
    )

    found = clinics_of("New clinics to look at, and stopped ones", timezone.now())

    assert found == [flagged.name, stopped.name]


@pytest.mark.parametrize(
    ("asked", "failed", "days_ago", "is_named"),
    [
        (20, 4, 1, True),
        (0, 20, 1, True),
        (19, 19, 1, False),
        (100, 19, 1, False),
        (100, 50, 5, False),
    ],
)
def test_failing_delivery_is_named_from_a_fifth_of_enough_asks(
    asked: int, failed: int, days_ago: int, is_named: bool
) -> None:
    campaign = CampaignFactory.create()
    now = timezone.now()
    with tenancy.platform("test"):
        DayTally.objects.create(
            workspace=campaign.workspace,
            campaign=campaign,
            day=(now - timedelta(days=days_ago)).date(),
            facet=Facet.WHOLE,
            asked=asked,
            failed=failed,
        )

    assert clinics_of("Messages that fail", now) == [campaign.workspace.name] * is_named


def test_list_without_progress_is_named() -> None:
    now = timezone.now()
    stuck = ImportFactory.create(status=ImportStatus.RUNNING)
    ImportFactory.create(status=ImportStatus.RUNNING)
    done = ImportFactory.create(status=ImportStatus.DONE)
    with tenancy.platform("test"):
        long_ago = now - timedelta(hours=1)
        Import.objects.filter(pk__in=[stuck.pk, done.pk]).update(updated_at=long_ago)

    assert clinics_of("Lists that are stuck", now) == [stuck.workspace.name]


def test_rejected_text_is_named_at_once_and_a_waiting_one_after_a_day() -> None:
    now = timezone.now()
    rejected = ApprovedTextFactory.create(status="rejected")
    waiting = ApprovedTextFactory.create(status="pending")
    ApprovedTextFactory.create(status="approved")
    ApprovedTextFactory.create(status="rejected", retired_at=now)

    title = "WhatsApp texts without approval"
    assert clinics_of(title, now) == [rejected.workspace.name]
    tomorrow = now + timedelta(days=1, minutes=1)
    assert set(clinics_of(title, tomorrow)) == {rejected.workspace.name, waiting.workspace.name}


def test_text_that_waits_for_our_team_is_named() -> None:
    held = ApprovalRequestFactory.create(state=RequestState.HELD)
    ApprovalRequestFactory.create(state=RequestState.QUEUED)

    found = clinics_of("WhatsApp texts that wait for us", timezone.now())

    assert found == [held.workspace.name]


def test_few_credits_matter_with_an_active_campaign() -> None:
    idle = WorkspaceFactory.create(message_credits=0)
    busy = WorkspaceFactory.create(message_credits=0)
    CampaignFactory.create(workspace=busy, status=CampaignStatus.ACTIVE)

    assert idle.name not in clinics_of("Few credits", timezone.now())
    assert clinics_of("Few credits", timezone.now()) == [busy.name]


def trial(workspace: Workspace, ends_at: datetime) -> None:
    EntitlementFactory.create(
        workspace=workspace,
        source=EntitlementSource.TRIAL,
        plan=Plan.PROFESSIONAL,
        starts_at=ends_at - timedelta(days=14),
        ends_at=ends_at,
    )


def test_trial_that_ends_is_named_until_something_is_paid() -> None:
    now = timezone.now()
    unpaid, later = WorkspaceFactory.create_batch(2)
    subscribed = WorkspaceFactory.create(subscription_status=SubscriptionStatus.ACTIVE)
    transferred = plan_until(now + timedelta(days=300))
    for workspace in (unpaid, subscribed, transferred):
        trial(workspace, now + timedelta(days=3))
    trial(later, now + timedelta(days=8))

    assert clinics_of("Trials that end", now) == [unpaid.name]


def plan_until(ends_at: datetime, workspace: Workspace | None = None) -> Workspace:
    transfer = BankTransferFactory.create(
        workspace=workspace or WorkspaceFactory.create(),
        kind="PLAN",
        credits=0,
        plan=Plan.STARTER,
        months=1,
        starts_at=ends_at - timedelta(days=30),
        ends_at=ends_at,
    )
    return transfer.workspace


def test_transferred_plan_that_ends_is_named_until_it_is_renewed() -> None:
    now = timezone.now()
    ending = plan_until(now + timedelta(days=10))
    renewed = plan_until(now + timedelta(days=10))
    plan_until(now + timedelta(days=40), renewed)

    assert clinics_of("Plans paid by bank transfer that end", now) == [ending.name]


def test_overdue_payment_is_named() -> None:
    overdue = WorkspaceFactory.create(
        subscription_status=SubscriptionStatus.PAST_DUE, past_due_since=timezone.now()
    )

    assert clinics_of("Payments overdue", timezone.now()) == [overdue.name]


def test_every_link_of_the_desk_leads_to_a_page(client: Client) -> None:
    SenderFlagFactory.create(seen_at=None)
    text = ApprovedTextFactory.create(status="rejected")
    client.force_login(StaffFactory.create(language="en"))

    page = client.get(reverse("admin:desk"))

    assert text.workspace.name in page.content.decode()
    for section in page.context["sections"]:
        for href in (section.more, *(row.href for row in section.rows)):
            assert client.get(href).status_code == 200, href
    assert reverse("admin:desk") in client.get(reverse("admin:index")).content.decode()


def test_desk_is_closed_to_members_and_to_staff_without_the_right(client: Client) -> None:
    client.force_login(UserFactory.create())
    assert client.get(reverse("admin:desk")).status_code == 403
    limited = StaffFactory.create(is_superuser=False)
    limited.user_permissions.set(Permission.objects.filter(codename="view_campaign"))
    client.force_login(limited)
    assert client.get(reverse("admin:desk")).status_code == 403
