"""The period of a page, parsed from its address, and the period before to compare it with."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext as _

from workspaces.models import Practice, Workspace

MONTH = 30
MAX_YEARS = 5
# Up to so many days a series has a point for each day, or for each week; then for each month.
MAX_DAYS_BY_DAY, MAX_DAYS_BY_WEEK = 31, 190


class PeriodKind(StrEnum):
    WEEK = "7"
    MONTH = "30"
    QUARTER = "90"
    YEAR = "12m"
    OWN = "own"


class PeriodStep(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True)
class Period:
    first: date
    last: date
    kind: PeriodKind = PeriodKind.OWN
    problem: str = ""  # why it is not the period that was asked for

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        """The same number of days, up to the day before this period."""
        end = self.first - timedelta(days=1)
        return Period(end - timedelta(days=self.days - 1), end)

    @property
    def step(self) -> PeriodStep:
        if self.days <= MAX_DAYS_BY_DAY:
            return PeriodStep.DAY
        return PeriodStep.WEEK if self.days <= MAX_DAYS_BY_WEEK else PeriodStep.MONTH

    def starts(self, step: PeriodStep) -> Iterator[date]:
        """Yield the first day of each step. The first one may be before the period."""
        start = start_of(self.first, step)
        while start <= self.last:
            yield start
            start = next_start(start, step)


def start_of(day: date, step: PeriodStep) -> date:
    match step:
        case PeriodStep.DAY:
            return day
        case PeriodStep.WEEK:
            return day - timedelta(days=day.weekday())
        case PeriodStep.MONTH:
            return day.replace(day=1)


def latest_local_date(workspace: Workspace) -> date:
    """Return the latest date among the practices, so that nothing sent today is left out."""
    now = timezone.now()
    practices = Practice.objects.within(workspace).only("timezone")
    return max(
        (now.astimezone(practice.zone).date() for practice in practices),
        default=timezone.localdate(now),
    )


def parse_period(query: Mapping[str, str], *, today: date) -> Period:
    """Parse `period`, `from` and `to`. If they make no sense, return 30 days and a `problem`."""
    has_days = bool(query.get("from") or query.get("to"))
    try:
        kind = PeriodKind(query.get("period") or (PeriodKind.OWN if has_days else PeriodKind.MONTH))
    except ValueError:
        return _default_period(
            today, problem=_("There is no such period. These are the last 30 days.")
        )
    if kind is PeriodKind.OWN:
        return _parse_days(query, today)
    if kind is PeriodKind.YEAR:
        return Period(_year_before(today) + timedelta(days=1), today, kind)
    return Period(today - timedelta(days=int(kind) - 1), today, kind)


def _parse_days(query: Mapping[str, str], today: date) -> Period:
    try:
        first = date.fromisoformat(query.get("from", "").strip())
        last = date.fromisoformat(query.get("to", "").strip() or today.isoformat())
    except ValueError:
        return _default_period(
            today,
            problem=_("Choose both days from the calendar. These are the last 30 days instead."),
        )
    if first > last:
        return _default_period(
            today,
            problem=_(
                "The first day comes after the last one. These are the last 30 days instead."
            ),
        )
    if first > today:
        return _default_period(
            today,
            problem=_("Those days are still to come. These are the last 30 days instead."),
        )
    if (last - first).days > MAX_YEARS * 366:
        return _default_period(
            today,
            problem=_("Choose at most five years. These are the last 30 days instead."),
        )
    return Period(first, min(last, today), PeriodKind.OWN)


def _default_period(today: date, *, problem: str) -> Period:
    return Period(today - timedelta(days=MONTH - 1), today, PeriodKind.MONTH, problem)


def _year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def next_start(start: date, step: PeriodStep) -> date:
    match step:
        case PeriodStep.DAY:
            return start + timedelta(days=1)
        case PeriodStep.WEEK:
            return start + timedelta(days=7)
        case PeriodStep.MONTH:
            return (start + timedelta(days=32)).replace(day=1)
