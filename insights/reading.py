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
from insights.counting import COUNT_DAYS, COUNT_FAILURES, COUNT_HOURS, MESSAGES_OF_DAYS
from insights.figures import Figures
from insights.filters import By, Filters
from insights.periods import Period, PeriodStep
from templates_app.models import Channel
from workspaces.models import User, Workspace

Row = dict[str, Any]
FIGURE_NAMES = [field.name for field in fields(Figures)]

# The head of every statement below: three tables of tallies, narrowed to the campaigns, filters
# and days that were asked for, with changed days counted live.
#
#     day_tallies, hour_tallies, failure_tallies
#
# They still have all facets, so every SELECT from them names the facet that it wants. Conditions on
# the facet and the day reach the index `…tally_by_day`, because NOT MATERIALIZED lets the planner
# move them into the CTE. `days` and `messages` are MATERIALIZED: they are read several times, and a
# condition on the status would otherwise make the planner read all failures of a campaign.
SEEN_TALLIES = f"""
WITH seen AS (
    SELECT c.id, c.name, c.practice_id, p.name AS practice, p.timezone
    FROM campaigns_campaign c
    JOIN workspaces_practice p ON p.id = c.practice_id
    WHERE c.workspace_id = %(workspace)s
      AND (%(campaigns)s::uuid[] IS NULL OR c.id = ANY(%(campaigns)s::uuid[]))
), days AS MATERIALIZED (
    SELECT stale.*,
           day::timestamp AT TIME ZONE timezone - interval '3 hours' AS starts,
           (day + 1)::timestamp AT TIME ZONE timezone + interval '3 hours' AS ends
    FROM (
        SELECT DISTINCT s.workspace_id, s.campaign_id, s.day, seen.timezone
        FROM insights_staleday s
        JOIN seen ON seen.id = s.campaign_id
        WHERE s.workspace_id = %(workspace)s AND s.day BETWEEN %(since)s AND %(until)s
    ) stale
), messages AS MATERIALIZED (
    SELECT * FROM ({MESSAGES_OF_DAYS}) m
    WHERE (%(channel)s::text IS NULL OR channel = %(channel)s)
      AND (%(doctor)s::text IS NULL OR doctor = %(doctor)s)
      AND (%(appointment_type)s::text IS NULL OR appointment_type = %(appointment_type)s)
), live_days AS MATERIALIZED ({COUNT_DAYS}
), day_tallies AS NOT MATERIALIZED (
    SELECT campaign_id, day, facet::text, channel::text, doctor::text, appointment_type::text,
           asked, delivered, answered, failed, clicked, opted_out,
           rated_1, rated_2, rated_3, rated_4, rated_5,
           delivery_ms, deliveries_timed, response_ms, responses_timed, credits
    FROM insights_daytally t
    WHERE workspace_id = %(workspace)s
      AND campaign_id IN (SELECT id FROM seen)
      AND (%(channel)s::text IS NULL OR channel = %(channel)s)
      AND (%(doctor)s::text IS NULL OR doctor = %(doctor)s)
      AND (%(appointment_type)s::text IS NULL OR appointment_type = %(appointment_type)s)
      AND NOT EXISTS (SELECT FROM days WHERE days.campaign_id = t.campaign_id AND days.day = t.day)
    UNION ALL
    SELECT campaign_id, day, facet, channel, doctor, appointment_type,
           asked, delivered, answered, failed, clicked, opted_out,
           rated_1, rated_2, rated_3, rated_4, rated_5,
           delivery_ms, deliveries_timed, response_ms, responses_timed, credits
    FROM live_days
), hour_tallies AS NOT MATERIALIZED (
    SELECT campaign_id, day, facet::text, channel::text, doctor::text, appointment_type::text,
           weekday, hours
    FROM insights_hourtally t
    WHERE workspace_id = %(workspace)s
      AND campaign_id IN (SELECT id FROM seen)
      AND (%(channel)s::text IS NULL OR channel = %(channel)s)
      AND (%(doctor)s::text IS NULL OR doctor = %(doctor)s)
      AND (%(appointment_type)s::text IS NULL OR appointment_type = %(appointment_type)s)
      AND NOT EXISTS (SELECT FROM days WHERE days.campaign_id = t.campaign_id AND days.day = t.day)
    UNION ALL
    SELECT campaign_id, day, facet, channel, doctor, appointment_type, weekday, hours
    FROM ({COUNT_HOURS}) live_hours
), failure_tallies AS NOT MATERIALIZED (
    SELECT campaign_id, day, facet::text, channel::text, doctor::text, appointment_type::text,
           error_code::text, failed
    FROM insights_failuretally t
    WHERE workspace_id = %(workspace)s
      AND campaign_id IN (SELECT id FROM seen)
      AND (%(channel)s::text IS NULL OR channel = %(channel)s)
      AND (%(doctor)s::text IS NULL OR doctor = %(doctor)s)
      AND (%(appointment_type)s::text IS NULL OR appointment_type = %(appointment_type)s)
      AND NOT EXISTS (SELECT FROM days WHERE days.campaign_id = t.campaign_id AND days.day = t.day)
    UNION ALL
    SELECT campaign_id, day, facet, channel, doctor, appointment_type, error_code, failed
    FROM ({COUNT_FAILURES}) live_failures
)"""

# The columns of `figures.Figures`.
SUMS = """
       sum(asked)::bigint AS asked, sum(delivered)::bigint AS delivered,
       sum(answered)::bigint AS answered, sum(failed)::bigint AS failed,
       sum(clicked)::bigint AS clicked, sum(opted_out)::bigint AS opted_out,
       sum(rated_1)::bigint AS rated_1, sum(rated_2)::bigint AS rated_2,
       sum(rated_3)::bigint AS rated_3, sum(rated_4)::bigint AS rated_4,
       sum(rated_5)::bigint AS rated_5,
       sum(delivery_ms)::bigint AS delivery_ms, sum(deliveries_timed)::bigint AS deliveries_timed,
       sum(response_ms)::bigint AS response_ms, sum(responses_timed)::bigint AS responses_timed,
       sum(credits)::bigint AS credits"""

# Figures of a period: one row for each step and each group, and a single row when both are NULL.
FIGURES = f"""{SEEN_TALLIES}
SELECT date_trunc(%(step)s::text, t.day)::date AS start,
       CASE %(by)s::text
           WHEN 'practice' THEN seen.practice_id::text WHEN 'campaign' THEN seen.id::text
           WHEN 'doctor' THEN t.doctor WHEN 'appointment_type' THEN t.appointment_type
           WHEN 'channel' THEN t.channel
       END AS key,
       CASE %(by)s::text
           WHEN 'practice' THEN seen.practice WHEN 'campaign' THEN seen.name
           WHEN 'doctor' THEN t.doctor WHEN 'appointment_type' THEN t.appointment_type
           WHEN 'channel' THEN t.channel
       END AS label,{SUMS}
FROM day_tallies t
JOIN seen ON seen.id = t.campaign_id
WHERE t.facet = %(facet)s AND t.day BETWEEN %(first)s AND %(last)s
GROUP BY 1, 2, 3
"""

SUM_HOURS = """
    SELECT weekday, ARRAY[
               sum(hours[1]), sum(hours[2]), sum(hours[3]), sum(hours[4]), sum(hours[5]),
               sum(hours[6]), sum(hours[7]), sum(hours[8]), sum(hours[9]), sum(hours[10]),
               sum(hours[11]), sum(hours[12]), sum(hours[13]), sum(hours[14]), sum(hours[15]),
               sum(hours[16]), sum(hours[17]), sum(hours[18]), sum(hours[19]), sum(hours[20]),
               sum(hours[21]), sum(hours[22]), sum(hours[23]), sum(hours[24])
           ]::bigint[] AS hours
    FROM hour_tallies
    WHERE facet = %(facet)s AND day BETWEEN %(first)s AND %(last)s
    GROUP BY weekday"""

HOURS = f"{SEEN_TALLIES}{SUM_HOURS}"

FAILURES = f"""{SEEN_TALLIES}
SELECT error_code AS code, sum(failed)::bigint AS count
FROM failure_tallies
WHERE facet = %(facet)s AND day BETWEEN %(first)s AND %(last)s
GROUP BY error_code
ORDER BY count DESC, code
"""

# Everything that the home page shows, as of one moment. `cells` reads the tallies once and is
# small. The parts, which differ in what they group by, are summed from it.
PAGE = f"""{SEEN_TALLIES}, cells AS MATERIALIZED (
    SELECT facet, day < %(first)s AS is_before, date_trunc(%(step)s, day)::date AS start,
           campaign_id, doctor, appointment_type,{SUMS}
    FROM day_tallies
    WHERE facet = ANY(%(facets)s)
      AND day BETWEEN %(before_first)s AND %(last)s
      AND (facet = %(facet)s OR day >= %(first)s)
    GROUP BY 1, 2, 3, 4, 5, 6
), parts AS (
    SELECT 'before' AS part, '' AS key, '' AS label, cells.*
    FROM cells
    WHERE facet = %(facet)s AND is_before
    UNION ALL
    SELECT 'period', start::text, '', cells.*
    FROM cells
    WHERE facet = %(facet)s AND NOT is_before
    UNION ALL
    SELECT 'practice', seen.practice_id::text, seen.practice, cells.*
    FROM cells
    JOIN seen ON seen.id = cells.campaign_id
    WHERE facet = %(facet)s AND NOT is_before
    UNION ALL
    SELECT 'doctor', doctor, doctor, cells.*
    FROM cells
    WHERE facet = %(doctor_facet)s AND NOT is_before
    UNION ALL
    SELECT 'appointment_type', appointment_type, appointment_type, cells.*
    FROM cells
    WHERE facet = %(type_facet)s AND NOT is_before
), figures AS (
    SELECT part, key, label,{SUMS}
    FROM parts
    GROUP BY part, key, label
), answers AS ({SUM_HOURS}
)
SELECT (SELECT coalesce(json_agg(figures), '[]') FROM figures) AS figures,
       (SELECT coalesce(json_agg(answers), '[]') FROM answers) AS hours
"""


@dataclass(frozen=True)
class SeriesPoint:
    """One day, week or month of a series. Its `start` may be before the first day of the period."""

    start: date
    step: PeriodStep
    figures: Figures


@dataclass(frozen=True)
class FigureGroup:
    """The figures of one practice, campaign, doctor, kind of appointment or channel."""

    key: str
    label: str
    figures: Figures


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
    before = period.before
    doctor_facet = filters.facet(By.DOCTOR).value
    type_facet = filters.facet(By.APPOINTMENT_TYPE).value
    parameters = _query_parameters(workspace, period, filters, visible_to) | {
        "since": before.first,
        "before_first": before.first,
        "step": period.step.value,
        "facets": [filters.facet().value, doctor_facet, type_facet],
        "doctor_facet": doctor_facet,
        "type_facet": type_facet,
    }
    (page,) = sql.fetch(PAGE, **parameters)
    parts: dict[str, list[Row]] = defaultdict(list)
    for row in page["figures"]:
        parts[row.pop("part")].append(row)
    starts = {date.fromisoformat(row["key"]): _figures_of_row(row) for row in parts["period"]}
    points = _fill_gaps(starts, period, period.step)
    return Overview(
        now=sum((point.figures for point in points), Figures()),
        before=sum(map(_figures_of_row, parts["before"]), Figures()),
        points=points,
        hours=_hour_counts(page["hours"]),
        practices=_sorted_groups(parts["practice"], By.PRACTICE),
        doctors=_sorted_groups(parts["doctor"], By.DOCTOR),
        kinds=_sorted_groups(parts["appointment_type"], By.APPOINTMENT_TYPE),
    )


def read_figures(
    workspace: Workspace, period: Period, filters: Filters, *, visible_to: User | None
) -> Figures:
    parameters = _query_parameters(workspace, period, filters, visible_to)
    rows = sql.fetch(FIGURES, **parameters, step=None, by=None)
    return sum(map(_figures_of_row, rows), Figures())


def read_series(
    workspace: Workspace,
    period: Period,
    filters: Filters,
    *,
    visible_to: User | None,
    step: PeriodStep | None = None,
) -> list[SeriesPoint]:
    """Return a point for every step of the period, also where nobody was asked."""
    step = step or period.step
    parameters = _query_parameters(workspace, period, filters, visible_to)
    rows = sql.fetch(FIGURES, **parameters, step=step.value, by=None)
    return _fill_gaps({row["start"]: _figures_of_row(row) for row in rows}, period, step)


def read_breakdown(
    workspace: Workspace, period: Period, filters: Filters, *, by: By, visible_to: User | None
) -> list[FigureGroup]:
    """Return the groups that asked anybody, those with the most ratings first."""
    parameters = _query_parameters(workspace, period, filters, visible_to, by=by)
    rows = sql.fetch(FIGURES, **parameters, step=None, by=by.value)
    return _sorted_groups(rows, by)


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
        "campaigns": filtering.campaign_ids(workspace, filters, visible_to=user),
        "channel": filters.channel,
        "doctor": filters.doctor,
        "appointment_type": filters.appointment_type,
        "facet": filters.facet(by).value,
        "first": period.first,
        "last": period.last,
        "since": period.first,
        "until": period.last,
    }


def _figures_of_row(row: Row) -> Figures:
    return Figures(**{name: row[name] for name in FIGURE_NAMES})


def _fill_gaps(
    figures_by_start: dict[date, Figures], period: Period, step: PeriodStep
) -> list[SeriesPoint]:
    """Return a point for every step. Where nobody was asked, all of its figures are zero."""
    return [
        SeriesPoint(start, step, figures_by_start.get(start, Figures()))
        for start in period.starts(step)
    ]


def _sorted_groups(rows: Iterable[Row], by: By) -> list[FigureGroup]:
    """Return the groups with the most ratings first; label and key keep the order stable."""
    groups = [
        FigureGroup(row["key"], _group_label(by, row["label"]), _figures_of_row(row))
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
