"""The figures of a period, as a member may see them; nobody in particular sees the whole clinic's.

One or two queries each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from core import sql
from insights import filters as choosing
from insights.counting import DAYS, FAILURES, HOURS_OF_ANSWERS, MEASURES
from insights.figures import Figures
from insights.filters import By, Filters
from insights.periods import Period, PeriodStep
from insights.statements import Question, answering, spans
from templates_app.models import Channel
from workspaces.models import Role, User, Workspace

Rows = list[dict[str, Any]]

SUMS = ", ".join(f"coalesce(sum({name}), 0)::bigint AS {name}" for name in MEASURES)
ALL_HOURS = ", ".join(f"sum(hours[{hour}])::bigint" for hour in range(1, 25))

# What a group is known by, and what it is called.
GROUPS = {
    By.PRACTICE: ("seen.practice_id::text", "seen.practice"),
    By.CAMPAIGN: ("seen.id::text", "seen.name"),
    By.DOCTOR: ("doctor", "doctor"),
    By.APPOINTMENT_TYPE: ("appointment_type", "appointment_type"),
    By.CHANNEL: ("channel", "channel"),
}


@dataclass(frozen=True)
class SeriesPoint:
    """One day, week or month of a series; `start` may lie before the period's first day."""

    start: date
    step: PeriodStep
    figures: Figures


@dataclass(frozen=True)
class FigureGroup:
    key: str
    label: str
    figures: Figures


@dataclass(frozen=True)
class HourCounts:
    """Answers by weekday, from Monday on, and by hour of the day."""

    rows: tuple[tuple[int, ...], ...]

    @property
    def most(self) -> int:
        return max(max(row) for row in self.rows)

    @property
    def total(self) -> int:
        return sum(sum(row) for row in self.rows)


@dataclass(frozen=True)
class FailureCount:
    code: str
    count: int


@dataclass(frozen=True)
class Overview:
    """What a page shows of a period, all of it as of one moment."""

    now: Figures
    before: Figures
    points: list[SeriesPoint]
    hours: HourCounts
    practices: list[FigureGroup]
    doctors: list[FigureGroup]
    kinds: list[FigureGroup]


def overview(
    workspace: Workspace, period: Period, filters: Filters, *, visible_to: User | None
) -> Overview:
    """Dearer than one figure and much cheaper than all of them one by one."""
    questions = [
        _total(period, filters),
        _total(period.before, filters),
        _series(period, filters, period.step),
        _hours(period, filters),
        _groups(period, filters, By.PRACTICE),
        _groups(period, filters, By.DOCTOR),
        _groups(period, filters, By.APPOINTMENT_TYPE),
    ]
    now, before, points, hours, practices, doctors, kinds = _ask(
        workspace, questions, filters, visible_to
    )
    return Overview(
        now=Figures(**now[0]),
        before=Figures(**before[0]),
        points=_points(points, period, period.step),
        hours=_by_weekday(hours),
        practices=_sorted(practices, By.PRACTICE),
        doctors=_sorted(doctors, By.DOCTOR),
        kinds=_sorted(kinds, By.APPOINTMENT_TYPE),
    )


def figures(
    workspace: Workspace, period: Period, filters: Filters, *, visible_to: User | None
) -> Figures:
    ((row,),) = _ask(workspace, [_total(period, filters)], filters, visible_to)
    return Figures(**row)


def series(
    workspace: Workspace,
    period: Period,
    filters: Filters,
    *,
    visible_to: User | None,
    step: PeriodStep | None = None,
) -> list[SeriesPoint]:
    """Every step of the period, those without anything as well."""
    step = step or period.step
    (rows,) = _ask(workspace, [_series(period, filters, step)], filters, visible_to)
    return _points(rows, period, step)


def breakdown(
    workspace: Workspace, period: Period, filters: Filters, *, by: By, visible_to: User | None
) -> list[FigureGroup]:
    """Those with the most ratings first; only those that asked anybody."""
    (rows,) = _ask(workspace, [_groups(period, filters, by)], filters, visible_to)
    return _sorted(rows, by)


def by_hour(
    workspace: Workspace, period: Period, filters: Filters, *, visible_to: User | None
) -> HourCounts:
    (rows,) = _ask(workspace, [_hours(period, filters)], filters, visible_to)
    return _by_weekday(rows)


def failures(
    workspace: Workspace, period: Period, filters: Filters, *, visible_to: User | None
) -> list[FailureCount]:
    """Of every kind of message, the most frequent first."""
    select = """SELECT error_code AS code, sum(failed) AS count FROM counted
        GROUP BY code ORDER BY count DESC, code"""
    question = Question(FAILURES, filters.facet(), period, select)
    (rows,) = _ask(workspace, [question], filters, visible_to)
    return [FailureCount(**row) for row in rows]


def _total(period: Period, filters: Filters) -> Question:
    return Question(DAYS, filters.facet(), period, f"SELECT {SUMS} FROM counted")


def _series(period: Period, filters: Filters, step: PeriodStep) -> Question:
    select = f"""SELECT date_trunc('{step.value}', day)::date AS start, {SUMS}
        FROM counted GROUP BY start"""
    return Question(DAYS, filters.facet(), period, select)


def _groups(period: Period, filters: Filters, by: By) -> Question:
    key, label = GROUPS[by]
    select = f"""SELECT {key} AS key, {label} AS label, {SUMS}
        FROM counted JOIN seen ON seen.id = counted.campaign_id
        GROUP BY 1, 2"""
    return Question(DAYS, filters.facet(by), period, select)


def _hours(period: Period, filters: Filters) -> Question:
    select = f"SELECT weekday, ARRAY[{ALL_HOURS}] AS hours FROM counted GROUP BY weekday"
    return Question(HOURS_OF_ANSWERS, filters.facet(), period, select)


def _points(rows: Rows, period: Period, step: PeriodStep) -> list[SeriesPoint]:
    found = {date.fromisoformat(row.pop("start")): Figures(**row) for row in rows}
    return [SeriesPoint(start, step, found.get(start, Figures())) for start in period.starts(step)]


def _sorted(rows: Rows, by: By) -> list[FigureGroup]:
    groups = [
        FigureGroup(row.pop("key"), _called(by, row.pop("label")), Figures(**row)) for row in rows
    ]
    return sorted(groups, key=lambda group: (-group.figures.rated, group.label, group.key))


def _by_weekday(rows: Rows) -> HourCounts:
    found = {row["weekday"]: tuple(row["hours"]) for row in rows}
    return HourCounts(tuple(found.get(weekday, (0,) * 24) for weekday in range(1, 8)))


def _ask(
    workspace: Workspace, questions: Sequence[Question], filters: Filters, user: User | None
) -> list[Rows]:
    """The rows of each."""
    (answers,) = sql.fetch(
        answering(questions, filters),
        workspace=workspace.pk,
        campaigns=_campaigns(workspace, filters, user),
        channel=filters.channel,
        doctor=filters.doctor,
        appointment_type=filters.appointment_type,
        **spans(questions),
    )
    return [answers[f"answer_{place}"] for place in range(len(questions))]


def _campaigns(workspace: Workspace, filters: Filters, user: User | None) -> list[UUID] | None:
    """None: all of the workspace, without naming them."""
    if (user is None or user.role == Role.OWNER) and not filters.practice and not filters.campaign:
        return None
    seen = choosing.campaigns(workspace, visible_to=user)
    if filters.practice:
        seen = seen.filter(practice=filters.practice)
    if filters.campaign:
        seen = seen.filter(pk=filters.campaign)
    return list(seen.values_list("pk", flat=True))


def _called(by: By, label: str) -> str:
    if by is By.CHANNEL:
        return str(Channel(label).label)
    return label or _("Not given")
