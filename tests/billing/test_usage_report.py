"""Spent credits by week, and how long the rest will last."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from billing import credits, usage_report
from billing.models import EntryKind
from core import tenancy
from tests.factories import CreditEntryFactory, WorkspaceFactory
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db

QUITO = ZoneInfo("America/Guayaquil")


def spend_credits(workspace: Workspace, amount: int, *, back: int = 0) -> None:
    CreditEntryFactory.create(workspace=workspace, kind=EntryKind.DEBIT, amount=-amount)
    if back:
        CreditEntryFactory.create(workspace=workspace, kind=EntryKind.RELEASE, amount=back)


def test_week_begins_on_monday_in_the_time_zone_of_the_clinic(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    workspace = WorkspaceFactory.create()
    other = WorkspaceFactory.create()
    for moment, amount in [
        (datetime(2026, 3, 2, 4, 59, tzinfo=UTC), 1),  # Sunday evening in Quito
        (datetime(2026, 3, 2, 5, 1, tzinfo=UTC), 2),
        (datetime(2026, 3, 10, 12, tzinfo=UTC), 4),
        (datetime(2025, 12, 1, tzinfo=UTC), 9),  # more than twelve weeks ago
    ]:
        monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
        spend_credits(workspace, amount)
        spend_credits(other, 1)
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 3, 11, tzinfo=UTC))

    with tenancy.within(workspace.pk):
        weeks = usage_report.weekly_spending(workspace, zone=QUITO)

    assert len(weeks) == 12
    assert [(week.begins, week.spent) for week in weeks[-3:]] == [
        (date(2026, 2, 23), 1),
        (date(2026, 3, 2), 2),
        (date(2026, 3, 9), 4),
    ]
    assert sum(week.spent for week in weeks) == 7


def test_days_left_follow_from_spending_of_the_last_month(monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = WorkspaceFactory.create()
    with tenancy.within(workspace.pk):
        assert usage_report.estimate_days_left(workspace) is None
        credits.credit_purchase(workspace=workspace, amount=20, cause="pack:1")
        credits.withdraw_credits(
            workspace=workspace, granted_by="pack:1", at_most=20, cause="refund:1"
        )
    spend_credits(workspace, 32, back=2)

    with tenancy.within(workspace.pk):
        workspace.refresh_from_db()
        # All of it today: the pace is that of a week at least.
        assert usage_report.estimate_days_left(workspace) == 20 * 7 // 30
        in_ten_days = timezone.now() + timedelta(days=10, minutes=1)
        monkeypatch.setattr(timezone, "now", lambda: in_ten_days)
        assert usage_report.estimate_days_left(workspace) == 20 * 10 // 30
        later = timezone.now() + timedelta(days=31)
        monkeypatch.setattr(timezone, "now", lambda: later)
        assert usage_report.estimate_days_left(workspace) is None


@pytest.mark.parametrize(("messages", "days"), [(1, None), (19, None), (20, 30 * 7 // 20)])
def test_few_messages_give_no_estimate(messages: int, days: int | None) -> None:
    workspace = WorkspaceFactory.create()
    spend_credits(workspace, messages)

    with tenancy.within(workspace.pk):
        workspace.refresh_from_db()
        assert usage_report.estimate_days_left(workspace) == days
