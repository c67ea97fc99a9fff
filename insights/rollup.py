"""Count marked days anew, and put the tallies in place of what was there."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from core import sql, tenancy
from insights.counting import ALL_FACTS, FACTS, KINDS, SPAN

# One at a time, or two would each put their own tallies in place of the same day.
ROLLER = 7_301_002
BATCH = 200

# A day that is not over changes all the time: it is read live, and counted this seldom.
REST = timedelta(minutes=15)

# The marks as they are seen now go with the day that is counted next; any that comes meanwhile
# stays, and the day with it.
MARKED = """
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

FORGET = "DELETE FROM insights_staleday WHERE id = ANY(%(ids)s)"

REMOVE = """
DELETE FROM {table} t USING unnest(%(campaigns)s::uuid[], %(days)s::date[]) AS cells(campaign, day)
WHERE t.campaign_id = cells.campaign AND t.day = cells.day
"""

KEY = "workspace_id, campaign_id, day, facet, channel, doctor, appointment_type"
FACETS = """
    CASE GROUPING(channel, doctor, appointment_type) WHEN 7 THEN 'whole' WHEN 3 THEN 'channel'
        WHEN 5 THEN 'doctor' WHEN 6 THEN 'type' ELSE 'cross' END,
    coalesce(channel, ''), coalesce(doctor, ''), coalesce(appointment_type, '')"""
SPLIT = "GROUPING SETS ((), (channel), (doctor), (appointment_type),"
SPLIT += " (channel, doctor, appointment_type))"

COUNTED = f"""
WITH cells AS MATERIALIZED (
    SELECT *, {SPAN}
    FROM unnest(%(workspaces)s::uuid[], %(campaigns)s::uuid[], %(days)s::date[],
                %(zones)s::text[]) AS cells(workspace_id, campaign_id, day, timezone)
), facts AS ({FACTS})"""

STATEMENTS = {
    kind.table: f"""{COUNTED}
INSERT INTO {kind.table} (id, {KEY}, {kind.columns})
SELECT uuid7(), workspace_id, campaign_id, day, {FACETS}, {kind.expressions}
FROM facts
WHERE {kind.which}
GROUP BY {", ".join(["workspace_id", "campaign_id", "day", *kind.on_top, SPLIT])}
"""
    for kind in KINDS
}

MARK_ALL = f"""
INSERT INTO insights_staleday (id, created_at, workspace_id, campaign_id, day)
SELECT uuid7(), %(now)s, workspace_id, campaign_id, day
FROM (
    SELECT workspace_id, campaign_id, day FROM ({ALL_FACTS}) facts
    UNION
    SELECT workspace_id, campaign_id, day FROM insights_daytally
    WHERE workspace_id = %(workspace)s
) cells
"""


@dataclass(frozen=True)
class Cell:
    """A day of a campaign, with the marks that asked for it."""

    workspace_id: UUID
    campaign_id: UUID
    day: date
    ids: list[UUID]
    timezone: str | None


def roll_up(*, now: datetime | None = None) -> int:
    """What is marked and at rest, all of it. How many days that was; 0 if another rolls."""
    now, rolled = now or timezone.now(), 0
    while batch := _one_batch(now=now):
        rolled += batch
        if batch < BATCH:
            break
    return rolled


def rebuild_tallies(*, workspace_id: UUID) -> int:
    """Every day, whatever is marked."""
    with tenancy.platform("insights"):
        sql.execute(MARK_ALL, workspace=workspace_id, now=timezone.now())
    return roll_now(workspace_id=workspace_id)


def roll_now(*, workspace_id: UUID) -> int:
    """Of one workspace, today as well; waits for whoever else rolls."""
    rolled = 0
    while batch := _one_batch(workspace_id=workspace_id, at_once=True):
        rolled += batch
        if batch < BATCH:
            break
    return rolled


def _wait_for_others() -> None:
    """Until the end of the transaction nobody else rolls."""
    sql.fetch("SELECT pg_advisory_xact_lock(%(roller)s)", roller=ROLLER)


def _is_alone() -> bool:
    found = sql.fetch("SELECT pg_try_advisory_xact_lock(%(roller)s) AS ours", roller=ROLLER)
    return bool(found[0]["ours"])


def _one_batch(
    *,
    workspace_id: UUID | None = None,
    now: datetime | None = None,
    at_once: bool = False,
) -> int:
    with tenancy.platform("insights"):
        if at_once:
            _wait_for_others()
        elif not _is_alone():
            return 0
        marked = sql.fetch(
            MARKED,
            workspace=workspace_id,
            now=now or timezone.now(),
            rest=REST,
            at_once=at_once,
            limit=BATCH,
        )
        cells = [Cell(**row) for row in marked]
        _count([cell for cell in cells if cell.timezone])
        sql.execute(FORGET, ids=[mark for cell in cells for mark in cell.ids])
        return len(cells)


def _count(cells: list[Cell]) -> None:
    if not cells:
        return
    values = {
        "workspaces": [cell.workspace_id for cell in cells],
        "campaigns": [cell.campaign_id for cell in cells],
        "days": [cell.day for cell in cells],
        "zones": [cell.timezone for cell in cells],
    }
    for table, statement in STATEMENTS.items():
        sql.execute(REMOVE.format(table=table), campaigns=values["campaigns"], days=values["days"])
        sql.execute(statement, **values)
