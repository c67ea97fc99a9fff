"""The figures of a period, as a member may see them; nobody in particular sees the whole clinic's.

One or two queries each.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from messaging.insights import filters as choosing
from messaging.insights.counting import DAYS, FAILURES, HOURS_OF_ANSWERS, MEASURES
from messaging.insights.figures import Figures
from messaging.insights.filters import By, Filters
from messaging.insights.periods import Period, Step
from messaging.insights.statements import counted
from templates_app.models import Channel
from workspaces import sql
from workspaces.models import Role, User, Workspace

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
class Point:
    """One day, week or month of a series; `start` may lie before the period's first day."""

    start: date
    step: Step
    figures: Figures


@dataclass(frozen=True)
class Group:
    key: str
    label: str
    figures: Figures


@dataclass(frozen=True)
class Hours:
    """Answers by weekday, from Monday on, and by hour of the day."""

    rows: tuple[tuple[int, ...], ...]

    @property
    def most(self) -> int:
        return max(max(row) for row in self.rows)

    @property
    def total(self) -> int:
        return sum(sum(row) for row in self.rows)


@dataclass(frozen=True)
class Failure:
    code: str
    count: int


def figures(
    workspace: Workspace, period: Period, filters: Filters, *, visible_to: User | None
) -> Figures:
    statement = f"{counted(DAYS, filters, filters.facet())} SELECT {SUMS} FROM counted"
    (row,) = sql.fetch(statement, **_values(workspace, period, filters, visible_to))
    return Figures(**row)


def series(
    workspace: Workspace,
    period: Period,
    filters: Filters,
    *,
    visible_to: User | None,
    step: Step | None = None,
) -> list[Point]:
    """Every step of the period, those without anything as well."""
    step = step or period.step
    statement = f"""{counted(DAYS, filters, filters.facet())}
        SELECT date_trunc('{step.value}', day)::date AS start, {SUMS} FROM counted GROUP BY start"""
    found = {
        row.pop("start"): Figures(**row)
        for row in sql.fetch(statement, **_values(workspace, period, filters, visible_to))
    }
    return [Point(start, step, found.get(start, Figures())) for start in period.starts(step)]


def breakdown(
    workspace: Workspace, period: Period, filters: Filters, *, by: By, visible_to: User
) -> list[Group]:
    """Those with the most ratings first; only those that asked anybody."""
    key, label = GROUPS[by]
    statement = f"""{counted(DAYS, filters, filters.facet(by))}
        SELECT {key} AS key, {label} AS label, {SUMS}
        FROM counted JOIN seen ON seen.id = counted.campaign_id
        GROUP BY 1, 2"""
    groups = [
        Group(row.pop("key"), _called(by, row.pop("label")), Figures(**row))
        for row in sql.fetch(statement, **_values(workspace, period, filters, visible_to))
    ]
    return sorted(groups, key=lambda group: (-group.figures.rated, group.label, group.key))


def by_hour(
    workspace: Workspace, period: Period, filters: Filters, *, visible_to: User | None
) -> Hours:
    statement = f"""{counted(HOURS_OF_ANSWERS, filters, filters.facet())}
        SELECT weekday, ARRAY[{ALL_HOURS}] AS hours FROM counted GROUP BY weekday"""
    found = {
        row["weekday"]: tuple(row["hours"])
        for row in sql.fetch(statement, **_values(workspace, period, filters, visible_to))
    }
    return Hours(tuple(found.get(weekday, (0,) * 24) for weekday in range(1, 8)))


def failures(
    workspace: Workspace, period: Period, filters: Filters, *, visible_to: User
) -> list[Failure]:
    """Of every kind of message, the most frequent first."""
    statement = f"""{counted(FAILURES, filters, filters.facet())}
        SELECT error_code AS code, sum(failed)::bigint AS count FROM counted
        GROUP BY code ORDER BY count DESC, code"""
    return [
        Failure(**row)
        for row in sql.fetch(statement, **_values(workspace, period, filters, visible_to))
    ]


def _values(
    workspace: Workspace, period: Period, filters: Filters, user: User | None
) -> dict[str, Any]:
    return {
        "workspace": workspace.pk,
        "campaigns": _campaigns(workspace, filters, user),
        "first": period.first,
        "last": period.last,
        "channel": filters.channel,
        "doctor": filters.doctor,
        "appointment_type": filters.appointment_type,
    }


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
