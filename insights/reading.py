"""Read the figures of a period, as one member may see them.

A day that did not change since it was counted is read from its tallies. A day that did change is
counted from its messages, in the same statement and with the same SELECTs as the roll-up. So the
result equals a count of all messages at one moment, and `verification.py` checks that.

Each function costs one query, and one more when the member sees only some of the campaigns.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from core import sql
from insights import filters as filtering
from insights import granularity
from insights.figures import Figures
from insights.filters import EVERYTHING, By, Filters
from insights.periods import Period, PeriodStep
from insights.scope import Scope
from insights.series import SeriesPoint, build_series
from insights.tally_statements import FAILURES, FIGURES, HOURS, PAGE, SERIES
from templates_app.models import Channel
from workspaces.models import User, Workspace

Row = dict[str, Any]
FIGURE_NAMES = [field.name for field in fields(Figures)]


@dataclass(frozen=True)
class FigureGroup:
    """The figures of one practice, campaign, doctor, kind of appointment or channel."""

    key: str
    label: str
    figures: Figures
    scope: Scope | None = None


@dataclass(frozen=True)
class HourCounts:
    """How many patients answered: a row for each weekday from Monday, a column for each hour."""

    rows: tuple[tuple[int, ...], ...]

    @property
    def highest(self) -> int:
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
    """What the home page shows of a period, as of one moment."""

    scope: Scope
    now: Figures
    before: Figures
    points: list[SeriesPoint]
    hours: HourCounts
    practices: list[FigureGroup]
    doctors: list[FigureGroup]
    kinds: list[FigureGroup]


def read_overview(
    workspace: Workspace, period: Period, filters: Filters, *, visible_to: User | None
) -> Overview:
    """Return everything for the home page from one statement.

    `visible_to` is the member who looks, here and below. None reads the whole workspace.
    """
    scope = Scope(period, filters)
    step = granularity.finest_step(period)
    doctor_facet = filters.facet(By.DOCTOR).value
    type_facet = filters.facet(By.APPOINTMENT_TYPE).value
    parameters = _series_parameters(workspace, scope, step, visible_to) | {
        "facets": [filters.facet().value, doctor_facet, type_facet],
        "doctor_facet": doctor_facet,
        "type_facet": type_facet,
    }
    (page,) = sql.fetch(PAGE, **parameters)
    parts: dict[str, list[Row]] = defaultdict(list)
    for row in page["figures"]:
        parts[row.pop("part")].append(row)
    now, before = (
        {date.fromisoformat(row["key"]): _figures_of_row(row) for row in parts[part]}
        for part in ("period", "before")
    )
    return Overview(
        scope=scope,
        now=sum(now.values(), Figures()),
        before=sum(before.values(), Figures()),
        points=granularity.fit_steps(build_series(now, before, scope, step), scope),
        hours=_hour_counts(page["hours"]),
        practices=_sorted_groups(parts["practice"], By.PRACTICE, scope),
        doctors=_sorted_groups(parts["doctor"], By.DOCTOR, scope),
        kinds=_sorted_groups(parts["appointment_type"], By.APPOINTMENT_TYPE, scope),
    )


def read_figures(
    workspace: Workspace, period: Period, filters: Filters, *, visible_to: User | None
) -> Figures:
    parameters = _query_parameters(workspace, period, filters, visible_to)
    rows = sql.fetch(FIGURES, **parameters, by=None)
    return sum(map(_figures_of_row, rows), Figures())


def read_series(
    workspace: Workspace,
    period: Period,
    filters: Filters,
    *,
    visible_to: User | None,
    step: PeriodStep | None = None,
) -> list[SeriesPoint]:
    """Return a point for every step of the period, also where nobody was asked.

    Without a `step` it is the finest that has enough ratings for a chart.
    """
    scope = Scope(period, filters)
    step_read = step or granularity.finest_step(period)
    rows = sql.fetch(SERIES, **_series_parameters(workspace, scope, step_read, visible_to))
    now, before = (
        {row["start"]: _figures_of_row(row) for row in rows if row["is_before"] is is_before}
        for is_before in (False, True)
    )
    points = build_series(now, before, scope, step_read)
    return points if step else granularity.fit_steps(points, scope)


def read_breakdown(
    workspace: Workspace, period: Period, filters: Filters, *, by: By, visible_to: User | None
) -> list[FigureGroup]:
    """Return the groups that asked anybody, those with the most ratings first."""
    parameters = _query_parameters(workspace, period, filters, visible_to, by=by)
    rows = sql.fetch(FIGURES, **parameters, by=by.value)
    return _sorted_groups(rows, by, Scope(period, filters))


def read_group_keys(workspace: Workspace, period: Period, by: By, *, visible_to: User) -> list[str]:
    """Return the keys of all groups, also of those that the chosen filters exclude."""
    groups = read_breakdown(workspace, period, EVERYTHING, by=by, visible_to=visible_to)
    return sorted(group.key for group in groups if group.key)


def read_hours(
    workspace: Workspace, period: Period, filters: Filters, *, visible_to: User | None
) -> HourCounts:
    return _hour_counts(
        sql.fetch(HOURS, **_query_parameters(workspace, period, filters, visible_to))
    )


def read_failures(
    workspace: Workspace, period: Period, filters: Filters, *, visible_to: User | None
) -> list[FailureCount]:
    """Count failed messages of every type by error code, the most frequent first."""
    rows = sql.fetch(FAILURES, **_query_parameters(workspace, period, filters, visible_to))
    return [FailureCount(**row) for row in rows]


def _query_parameters(
    workspace: Workspace,
    period: Period,
    filters: Filters,
    user: User | None,
    *,
    by: By | None = None,
) -> dict[str, Any]:
    """Return the parameters that SEEN_TALLIES and every statement below it need."""
    return {
        "workspace": workspace.pk,
        **filtering.seen_values(workspace, filters, visible_to=user),
        "facet": filters.facet(by).value,
        "first": period.first,
        "last": period.last,
        "since": period.first,
        "until": period.last,
    }


def _series_parameters(
    workspace: Workspace, scope: Scope, step: PeriodStep, user: User | None
) -> dict[str, Any]:
    """Return the parameters of a statement that reads the period and the one before."""
    period, before = scope.period, scope.period.before
    return _query_parameters(workspace, period, scope.filters, user) | {
        "since": before.first,
        "before_first": before.first,
        "shift": period.days,
        "step": step.value,
    }


def _figures_of_row(row: Row) -> Figures:
    return Figures(**{name: row[name] for name in FIGURE_NAMES})


def _sorted_groups(rows: Iterable[Row], by: By, scope: Scope) -> list[FigureGroup]:
    """Return the groups with the most ratings first; label and key keep the order stable."""
    groups = [
        FigureGroup(
            row["key"],
            _group_label(by, row["label"]),
            _figures_of_row(row),
            scope.of_group(by, row["key"]),
        )
        for row in rows
    ]
    return sorted(groups, key=lambda group: (-group.figures.rated, group.label, group.key))


def _group_label(by: By, label: str) -> str:
    if by is By.CHANNEL:
        return str(Channel(label).label)
    return label or _("Not given")


def _hour_counts(rows: Iterable[Row]) -> HourCounts:
    hours = {row["weekday"]: tuple(row["hours"]) for row in rows}
    return HourCounts(tuple(hours.get(weekday, (0,) * 24) for weekday in range(1, 8)))
