"""What goes of the credits: week by week, and how long those that are left last."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo

from django.db.models import Min, Sum
from django.db.models.functions import TruncWeek
from django.utils import timezone

from billing.models import CreditEntry
from workspaces.models import Workspace

WEEKS = 12
WEEK = timedelta(days=7)
MONTH = timedelta(days=30)
# Fewer say nothing about the pace: one message in a month would be years of credits.
FEW = 20


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
    """Return how long the credits last at the pace of the last month.

    None while fewer than `FEW` were spent. The pace of a clinic that began within the month is that
    of its own days, a week at least.
    """
    now = timezone.now()
    entries = CreditEntry.objects.within(workspace).spending(since=now - MONTH)
    moved = entries.aggregate(spent=Sum("amount"), first=Min("created_at"))
    spent: int = -(moved["spent"] or 0)
    if spent < FEW:
        return None
    days: int = max((now - moved["first"]).days, WEEK.days)
    return workspace.message_credits * days // spent
