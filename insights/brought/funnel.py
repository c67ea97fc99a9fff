"""From the ask to the review: how many patients took each step.

A likely review counts on the day of its ask, as answers and clicks do, so that all steps are about
the same patients. A review that is gone at Google does not count, and neither does that of a
patient whose data were erased: the erasure removes the attribution.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from core import sql
from insights import filters as filtering
from insights import reading
from insights.counting import HAS_LEFT
from insights.figures import Figures
from insights.filters import By, Filters
from insights.periods import Period, PeriodStep
from insights.scope import Scope
from messaging.message_days import COUNTS, DAY
from patients.doctors.spellings import SHOWN_NAMES
from workspaces.models import User, Workspace

# It begins with the attributions, because a review has at most one, and finds the ask
# of each in the unique index on patient and type.
LIKELY = f"""
SELECT c.practice_id::text AS practice, c.id::text AS campaign,
       coalesce(n.shown, pt.doctor_name) AS doctor,
       date_trunc('month', {DAY})::date AS month, count(*) AS likely
FROM reviews_attribution a
JOIN reviews_review r ON r.id = a.review_id
JOIN messaging_message m ON m.patient_id = a.patient_id AND m.type = 'INITIAL'
JOIN patients_patient pt ON pt.id = m.patient_id
JOIN campaigns_campaign c ON c.id = m.campaign_id
JOIN workspaces_practice p ON p.id = c.practice_id
LEFT JOIN ({SHOWN_NAMES}
) n ON n.spelling = pt.doctor_name
WHERE a.workspace_id = %(workspace)s AND a.grade = 'LIKELY' AND r.vanished_at IS NULL
  AND {COUNTS} AND {HAS_LEFT}
  AND {DAY} BETWEEN %(first)s AND %(last)s
  AND {filtering.IS_SEEN}
  AND (%(channel)s::text IS NULL OR m.channel = %(channel)s)
  AND (%(doctors)s::text[] IS NULL OR pt.doctor_name = ANY(%(doctors)s::text[]))
  AND (%(appointment_type)s::text IS NULL OR pt.appointment_type = %(appointment_type)s)
GROUP BY 1, 2, 3, 4
"""

Row = dict[str, Any]


@dataclass(frozen=True)
class Funnel:
    figures: Figures
    likely: int = 0
    scope: Scope | None = None


@dataclass(frozen=True)
class FunnelGroup:
    key: str
    label: str
    funnel: Funnel


@dataclass(frozen=True)
class FunnelMonth:
    """A month of asks. The period may begin or end within it."""

    start: date
    is_whole: bool
    funnel: Funnel


@dataclass(frozen=True)
class FunnelReport:
    whole: Funnel
    practices: list[FunnelGroup]
    campaigns: list[FunnelGroup]
    doctors: list[FunnelGroup]
    months: list[FunnelMonth]


def read_funnels(
    workspace: Workspace, period: Period, filters: Filters, *, visible_to: User
) -> FunnelReport:
    """Return the funnel of the period, whole and by practice, campaign, doctor and month."""
    likely = _fetch_likely(workspace, period, filters, visible_to)

    def groups(by: By) -> list[FunnelGroup]:
        found = reading.read_breakdown(workspace, period, filters, by=by, visible_to=visible_to)
        return _sort_groups(found, _sum_by(likely, by.value))

    practices = groups(By.PRACTICE)
    figures = (group.funnel.figures for group in practices)
    return FunnelReport(
        whole=Funnel(
            sum(figures, Figures()), sum(row["likely"] for row in likely), Scope(period, filters)
        ),
        practices=practices,
        campaigns=groups(By.CAMPAIGN),
        doctors=groups(By.DOCTOR),
        months=_read_months(workspace, period, filters, visible_to, _sum_by(likely, "month")),
    )


def _fetch_likely(workspace: Workspace, period: Period, filters: Filters, user: User) -> list[Row]:
    return sql.fetch(
        LIKELY,
        workspace=workspace.pk,
        **filtering.seen_values(workspace, filters, visible_to=user),
        first=period.first,
        last=period.last,
    )


def _sum_by(rows: Iterable[Row], name: str) -> Mapping[Any, int]:
    sums: Counter[Any] = Counter()
    for row in rows:
        sums[row[name]] += row["likely"]
    return sums


def _sort_groups(
    groups: Iterable[reading.FigureGroup], likely: Mapping[str, int]
) -> list[FunnelGroup]:
    """Return the groups that asked anybody, those with the most likely reviews first."""
    funnels = [
        FunnelGroup(group.key, group.label, Funnel(group.figures, likely[group.key], group.scope))
        for group in groups
        if group.figures.asked
    ]
    return sorted(
        funnels,
        key=lambda group: (
            -group.funnel.likely,
            -group.funnel.figures.asked,
            group.label,
            group.key,
        ),
    )


def _read_months(
    workspace: Workspace,
    period: Period,
    filters: Filters,
    user: User,
    likely: Mapping[date, int],
) -> list[FunnelMonth]:
    """Return the months in which anybody was asked, the newest first."""
    points = reading.read_series(workspace, period, filters, visible_to=user, step=PeriodStep.MONTH)
    return [
        FunnelMonth(
            start=point.start,
            is_whole=point.start >= period.first and point.last <= period.last,
            funnel=Funnel(point.figures, likely[point.start], point.scope),
        )
        for point in reversed(points)
        if point.figures.asked
    ]
