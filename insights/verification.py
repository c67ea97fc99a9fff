"""Compare what readers see with a count of all messages."""

import json
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from core import sql, tenancy
from insights.counting import ALL_MESSAGES, COUNT_DAYS, COUNT_FAILURES, COUNT_HOURS
from insights.filters import SEES_WHOLE_CAMPAIGNS
from insights.tally_statements import SEEN_TALLIES

MAX_DIFFERENCES = 100
CELL = ("campaign_id", "day", "channel", "doctor", "appointment_type")
Tally = dict[str, Any]

# Each comparison is one statement, so what is written in the meantime is on both sides or on
# neither. `messages` is a name of SEEN_TALLIES already; the inner WITH gives it another meaning.
COMPARE_DAYS = f"""{SEEN_TALLIES}, recounted AS (
    WITH messages AS ({ALL_MESSAGES})
    SELECT campaign_id, day, facet, channel, doctor, appointment_type,
           asked, delivered, answered, failed, clicked, opted_out,
           rated_1, rated_2, rated_3, rated_4, rated_5,
           delivery_ms, deliveries_timed, response_ms, responses_timed, credits
    FROM ({COUNT_DAYS}) counted
)
SELECT to_jsonb(r) AS read, to_jsonb(c) AS recounted
FROM day_tallies r
FULL JOIN recounted c USING (campaign_id, day, facet, channel, doctor, appointment_type)
WHERE to_jsonb(r) IS DISTINCT FROM to_jsonb(c)
LIMIT %(limit)s
"""

COMPARE_HOURS = f"""{SEEN_TALLIES}, recounted AS (
    WITH messages AS ({ALL_MESSAGES})
    SELECT campaign_id, day, facet, channel, doctor, appointment_type, weekday, hours
    FROM ({COUNT_HOURS}) counted
)
SELECT to_jsonb(r) AS read, to_jsonb(c) AS recounted
FROM hour_tallies r
FULL JOIN recounted c USING (campaign_id, day, facet, channel, doctor, appointment_type, weekday)
WHERE to_jsonb(r) IS DISTINCT FROM to_jsonb(c)
LIMIT %(limit)s
"""

COMPARE_FAILURES = f"""{SEEN_TALLIES}, recounted AS (
    WITH messages AS ({ALL_MESSAGES})
    SELECT campaign_id, day, facet, channel, doctor, appointment_type, error_code, failed
    FROM ({COUNT_FAILURES}) counted
)
SELECT to_jsonb(r) AS read, to_jsonb(c) AS recounted
FROM failure_tallies r
FULL JOIN recounted c
    USING (campaign_id, day, facet, channel, doctor, appointment_type, error_code)
WHERE to_jsonb(r) IS DISTINCT FROM to_jsonb(c)
LIMIT %(limit)s
"""

COMPARISONS = {
    "insights_daytally": COMPARE_DAYS,
    "insights_hourtally": COMPARE_HOURS,
    "insights_failuretally": COMPARE_FAILURES,
}


@dataclass(frozen=True)
class Difference:
    """A tally as readers see it and as it is counted. It is None on the side that has none."""

    kind: str
    facet: str
    cell: Tally
    read: Tally | None
    recounted: Tally | None


def find_differences(workspace_id: UUID) -> list[Difference]:
    """Return the tallies of a workspace that are wrong, at most `MAX_DIFFERENCES` of each table."""
    with tenancy.platform("insights"):
        return [
            _difference(table, row)
            for table, statement in COMPARISONS.items()
            for row in sql.fetch(
                statement,
                workspace=workspace_id,
                campaigns=None,
                channel=None,
                doctors=None,
                **SEES_WHOLE_CAMPAIGNS,
                appointment_type=None,
                since=date.min,
                until=date.max,
                limit=MAX_DIFFERENCES,
            )
        ]


def _difference(table: str, row: Tally) -> Difference:
    read, recounted = (json.loads(row[side] or "null") for side in ("read", "recounted"))
    tally = read or recounted
    cell = {name: tally[name] for name in CELL}
    return Difference(table, tally["facet"], cell, read, recounted)
