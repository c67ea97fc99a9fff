"""What goes of the credits: week by week, and how long those that are left last."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from django.db.models import Sum
from django.db.models.functions import TruncWeek
from django.utils import timezone

from workspaces.models import CreditEntry, Workspace

WEEKS = 12
WEEK = timedelta(days=7)
MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Week:
    begins: date
    spent: int


def weeks(workspace: Workspace, *, zone: tzinfo) -> list[Week]:
    """The last ones by the clock of the clinic, this one with what it has so far."""
    today = timezone.localdate(timezone=zone)
    this_week = today - timedelta(days=today.weekday())
    mondays = [this_week - WEEK * ago for ago in reversed(range(WEEKS))]
    moved = (
        CreditEntry.objects.within(workspace)
        .spending(since=datetime.combine(mondays[0], time(), zone))
        .annotate(week=TruncWeek("created_at", tzinfo=zone))
        .values("week")
        .annotate(moved=Sum("amount"))
        .values_list("week", "moved")
    )
    spent = {week.date(): -amount for week, amount in moved}
    return [Week(monday, max(spent.get(monday, 0), 0)) for monday in mondays]


def days_left(workspace: Workspace) -> int | None:
    """At the pace of the last month; None if nothing was spent in it."""
    entries = CreditEntry.objects.within(workspace).spending(since=timezone.now() - MONTH)
    spent = -(entries.aggregate(moved=Sum("amount"))["moved"] or 0)
    return workspace.message_credits * MONTH.days // spent if spent > 0 else None
