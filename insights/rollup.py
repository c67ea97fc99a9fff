"""Count the days that changed, and replace their tallies.

The triggers of `staleness.py` insert a mark for every day that changes. A batch takes the marks
that it sees, counts their days from the messages, and deletes these marks. A mark that is committed
in the meantime stays, so its day is counted again.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from core import sql, tenancy
from core.locks import Lock
from insights.counting import (
    ALL_MESSAGES,
    COUNT_DAYS,
    COUNT_FAILURES,
    COUNT_HOURS,
    MESSAGES_OF_DAYS,
)

BATCH = 200

# Today changes all the time. Readers count it live, so it is rolled up only this often.
REST = timedelta(minutes=15)

# Days to count, with their marks. A campaign that was deleted has no timezone: only its marks go.
SELECT_STALE_DAYS = """
SELECT marks.workspace_id, marks.campaign_id, marks.day, marks.ids, p.timezone
FROM (
    SELECT workspace_id, campaign_id, day, array_agg(id) AS ids, min(created_at) AS since
    FROM insights_staleday
    WHERE (%(workspace)s::uuid IS NULL OR workspace_id = %(workspace)s)
    GROUP BY workspace_id, campaign_id, day
) marks
LEFT JOIN campaigns_campaign c ON c.id = marks.campaign_id
LEFT JOIN workspaces_practice p ON p.id = c.practice_id
WHERE %(at_once)s OR marks.since < %(now)s - %(rest)s
   OR marks.day < (%(now)s AT TIME ZONE p.timezone)::date
ORDER BY marks.day, marks.campaign_id
LIMIT %(limit)s
"""

DELETE_MARKS = "DELETE FROM insights_staleday WHERE id = ANY(%(ids)s)"

DELETE_DAY_TALLIES = """
DELETE FROM insights_daytally t
USING unnest(%(campaigns)s::uuid[], %(days)s::date[]) AS days(campaign, day)
WHERE t.campaign_id = days.campaign AND t.day = days.day
"""

DELETE_HOUR_TALLIES = """
DELETE FROM insights_hourtally t
USING unnest(%(campaigns)s::uuid[], %(days)s::date[]) AS days(campaign, day)
WHERE t.campaign_id = days.campaign AND t.day = days.day
"""

DELETE_FAILURE_TALLIES = """
DELETE FROM insights_failuretally t
USING unnest(%(campaigns)s::uuid[], %(days)s::date[]) AS days(campaign, day)
WHERE t.campaign_id = days.campaign AND t.day = days.day
"""

# The messages of the days that are counted, for each INSERT below.
STALE_MESSAGES = f"""
WITH days AS MATERIALIZED (
    SELECT *,
           day::timestamp AT TIME ZONE timezone - interval '3 hours' AS starts,
           (day + 1)::timestamp AT TIME ZONE timezone + interval '3 hours' AS ends
    FROM unnest(%(workspaces)s::uuid[], %(campaigns)s::uuid[], %(days)s::date[],
                %(zones)s::text[]) AS stale(workspace_id, campaign_id, day, timezone)
), messages AS ({MESSAGES_OF_DAYS}
)"""

INSERT_DAY_TALLIES = f"""{STALE_MESSAGES}
INSERT INTO insights_daytally (
    id, workspace_id, campaign_id, day, facet, channel, doctor, appointment_type,
    asked, delivered, answered, failed, clicked, opted_out,
    rated_1, rated_2, rated_3, rated_4, rated_5,
    delivery_ms, deliveries_timed, response_ms, responses_timed, credits
)
SELECT uuid7(), counted.* FROM ({COUNT_DAYS}) counted
"""

INSERT_HOUR_TALLIES = f"""{STALE_MESSAGES}
INSERT INTO insights_hourtally (
    id, workspace_id, campaign_id, day, facet, channel, doctor, appointment_type, weekday, hours
)
SELECT uuid7(), counted.* FROM ({COUNT_HOURS}) counted
"""

INSERT_FAILURE_TALLIES = f"""{STALE_MESSAGES}
INSERT INTO insights_failuretally (
    id, workspace_id, campaign_id, day, facet, channel, doctor, appointment_type,
    error_code, failed
)
SELECT uuid7(), counted.* FROM ({COUNT_FAILURES}) counted
"""

# Days with messages, and days that had some when they were counted.
MARK_ALL_DAYS = f"""
INSERT INTO insights_staleday (id, created_at, workspace_id, campaign_id, day)
SELECT uuid7(), %(now)s, workspace_id, campaign_id, day
FROM (
    SELECT workspace_id, campaign_id, day FROM ({ALL_MESSAGES}) messages
    UNION
    SELECT workspace_id, campaign_id, day FROM insights_daytally
    WHERE workspace_id = %(workspace)s
) days
"""


@dataclass(frozen=True)
class MarkedDay:
    """A day of a campaign, with the ids of the marks that it had when it was selected."""

    workspace_id: UUID
    campaign_id: UUID
    day: date
    ids: list[UUID]
    timezone: str | None


def roll_up(*, now: datetime | None = None) -> int:
    """Count all marked days of all workspaces, today only if it was left alone for `REST`.

    Return how many days were counted, 0 if another process is at it.
    """
    now, counted = now or timezone.now(), 0
    while batch := _roll_up_batch(now=now):
        counted += batch
        if batch < BATCH:
            break
    return counted


def roll_up_workspace(*, workspace_id: UUID) -> int:
    """Count all marked days of one workspace, today as well. Wait for another process to finish."""
    counted = 0
    while batch := _roll_up_batch(workspace_id=workspace_id, at_once=True):
        counted += batch
        if batch < BATCH:
            break
    return counted


def rebuild_tallies(*, workspace_id: UUID) -> int:
    """Count every day of a workspace again, marked or not."""
    with tenancy.platform("insights"):
        sql.execute(MARK_ALL_DAYS, workspace=workspace_id, now=timezone.now())
    return roll_up_workspace(workspace_id=workspace_id)


def _roll_up_batch(
    *,
    workspace_id: UUID | None = None,
    now: datetime | None = None,
    at_once: bool = False,
) -> int:
    with tenancy.platform("insights"):
        # Only one roll-up at a time, or two would both insert the tallies of the same day.
        if at_once:
            sql.advisory_lock(Lock.ROLLUP)
        elif not sql.try_advisory_lock(Lock.ROLLUP):
            return 0
        rows = sql.fetch(
            SELECT_STALE_DAYS,
            workspace=workspace_id,
            now=now or timezone.now(),
            rest=REST,
            at_once=at_once,
            limit=BATCH,
        )
        days = [MarkedDay(**row) for row in rows]
        _replace_tallies([day for day in days if day.timezone])
        sql.execute(DELETE_MARKS, ids=[mark for day in days for mark in day.ids])
        return len(days)


def _replace_tallies(days: list[MarkedDay]) -> None:
    if not days:
        return
    parameters = {
        "workspaces": [day.workspace_id for day in days],
        "campaigns": [day.campaign_id for day in days],
        "days": [day.day for day in days],
        "zones": [day.timezone for day in days],
    }
    for statement in (
        DELETE_DAY_TALLIES,
        INSERT_DAY_TALLIES,
        DELETE_HOUR_TALLIES,
        INSERT_HOUR_TALLIES,
        DELETE_FAILURE_TALLIES,
        INSERT_FAILURE_TALLIES,
    ):
        sql.execute(statement, **parameters)
