"""How many credits were spent each week, and how long the rest will last."""

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
# With fewer there is no estimate: one message in a month would mean years of credits.
MIN_SPENT = 20


@dataclass(frozen=True)
class Week:
    begins: date
    spent: int


def weekly_spending(workspace: Workspace, *, zone: tzinfo) -> list[Week]:
    """Return the last twelve weeks in the clinic's time zone, the current one included."""
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


def estimate_days_left(workspace: Workspace) -> int | None:
    """Return how long the credits last at the pace of the last month.

    None while fewer than `MIN_SPENT` were spent. For a clinic that began within the month, the pace
    is that of its own days, of a week at least.
    """
    now = timezone.now()
    entries = CreditEntry.objects.within(workspace).spending(since=now - MONTH)
    moved = entries.aggregate(spent=Sum("amount"), first=Min("created_at"))
    spent: int = -(moved["spent"] or 0)
    if spent < MIN_SPENT:
        return None
    days: int = max((now - moved["first"]).days, WEEK.days)
    return workspace.message_credits * days // spent
