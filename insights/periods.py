"""Which days a page is about, as someone asked for them; and the days before, to compare with."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.utils import timezone
from django.utils.translation import gettext as _

from workspaces.models import Practice, Workspace

MONTH = 30
YEARS_AT_MOST = 5
DAYS_BY_DAY, DAYS_BY_WEEK = 31, 190


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
    problem: str = ""  # why it is not the one that was asked for

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def before(self) -> "Period":
        """As many days, up to the first of these."""
        end = self.first - timedelta(days=1)
        return Period(end - timedelta(days=self.days - 1), end)

    @property
    def step(self) -> PeriodStep:
        if self.days <= DAYS_BY_DAY:
            return PeriodStep.DAY
        return PeriodStep.WEEK if self.days <= DAYS_BY_WEEK else PeriodStep.MONTH

    def starts(self, step: PeriodStep) -> Iterator[date]:
        """The first day of each step; that of the first may lie before the period."""
        start = start_of(self.first, step)
        while start <= self.last:
            yield start
            start = _next(start, step)


def start_of(day: date, step: PeriodStep) -> date:
    match step:
        case PeriodStep.DAY:
            return day
        case PeriodStep.WEEK:
            return day - timedelta(days=day.weekday())
        case PeriodStep.MONTH:
            return day.replace(day=1)


def today(workspace: Workspace) -> date:
    """Where it is latest: nothing that was asked today is left out."""
    now = timezone.now()
    practices = Practice.objects.within(workspace).only("timezone")
    return max(
        (now.astimezone(practice.zone).date() for practice in practices),
        default=timezone.localdate(now),
    )


def chosen(wishes: Mapping[str, str], *, today: date) -> Period:
    """What `period`, `from` and `to` ask for; with a sentence instead where that cannot be."""
    has_days = bool(wishes.get("from") or wishes.get("to"))
    try:
        kind = PeriodKind(
            wishes.get("period") or (PeriodKind.OWN if has_days else PeriodKind.MONTH)
        )
    except ValueError:
        return _usual(today, problem=_("There is no such period. These are the last 30 days."))
    if kind is PeriodKind.OWN:
        return _own(wishes, today)
    if kind is PeriodKind.YEAR:
        return Period(_a_year_before(today) + timedelta(days=1), today, kind)
    return Period(today - timedelta(days=int(kind) - 1), today, kind)


def _own(wishes: Mapping[str, str], today: date) -> Period:
    try:
        first = date.fromisoformat(wishes.get("from", "").strip())
        last = date.fromisoformat(wishes.get("to", "").strip() or today.isoformat())
    except ValueError:
        return _usual(
            today,
            problem=_("Choose both days from the calendar. These are the last 30 days instead."),
        )
    if first > last:
        return _usual(
            today,
            problem=_(
                "The first day comes after the last one. These are the last 30 days instead."
            ),
        )
    if first > today:
        return _usual(
            today,
            problem=_("Those days are still to come. These are the last 30 days instead."),
        )
    if (last - first).days > YEARS_AT_MOST * 366:
        return _usual(
            today,
            problem=_("Choose at most five years. These are the last 30 days instead."),
        )
    return Period(first, min(last, today), PeriodKind.OWN)


def _usual(today: date, *, problem: str) -> Period:
    return Period(today - timedelta(days=MONTH - 1), today, PeriodKind.MONTH, problem)


def _a_year_before(day: date) -> date:
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


def _next(start: date, step: PeriodStep) -> date:
    match step:
        case PeriodStep.DAY:
            return start + timedelta(days=1)
        case PeriodStep.WEEK:
            return start + timedelta(days=7)
        case PeriodStep.MONTH:
            return (start + timedelta(days=32)).replace(day=1)
