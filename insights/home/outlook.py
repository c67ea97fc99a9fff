"""Who will be asked next, and how many within a day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from campaigns.models import Campaign
from campaigns.timing import OLDEST_USEFUL_ASK, ask_time
from campaigns.visibility import RESULTS_VISIBLE, viewer_values
from core import sql
from patients import eligibility, row_eligibility
from workspaces.models import Practice, User, Workspace

SHOWN = 5
SOON = timedelta(hours=24)
MAX_COUNTED = 1_000

# Those whose results the user sees, with what `eligibility` needs.
ACTIVE_CAMPAIGNS = f"""active_campaigns AS (
    SELECT c.id, c.workspace_id, c.name, c.practice_id, c.scheduled_hours_after,
           {eligibility.REST} AS rest, {eligibility.UNDO} AS undo
    FROM campaigns_campaign c
    JOIN workspaces_workspace w ON w.id = c.workspace_id
    WHERE c.workspace_id = %(workspace)s AND c.status = 'ACTIVE'
      AND {RESULTS_VISIBLE}
      AND (%(campaign)s::uuid IS NULL OR c.id = %(campaign)s)
)"""

# Of several appointments of one person only one is asked about, and the others rest.
PERSON = "coalesce(nullif(pt.phone, ''), pt.email)"

# The first few of each campaign by the partial index `patient_to_ask`, so that the cost grows with
# the campaigns and not with the patients.
NEXT_ASKS = f"""
WITH {ACTIVE_CAMPAIGNS}
SELECT id, name, due, at, campaign, practice_id
FROM (
    SELECT DISTINCT ON (next.person) next.*, c.name AS campaign, c.practice_id
    FROM active_campaigns c
    CROSS JOIN LATERAL (
        SELECT pt.id, pt.name, pt.appointment_time, {row_eligibility.DUE_AT} AS due,
               greatest(ask.at, %(now)s) AS at, {PERSON} AS person
        FROM patients_patient pt
        CROSS JOIN LATERAL ({eligibility.ASK_FROM}
        ) ask
        WHERE pt.campaign_id = c.id
          AND {eligibility.MAY_BE_PLANNED}
          AND {row_eligibility.IN_TIME}
          AND ask.at IS NOT NULL
        ORDER BY pt.appointment_time
        LIMIT %(shown)s
    ) next
    ORDER BY next.person, next.at, next.appointment_time DESC
) people
ORDER BY at
LIMIT %(shown)s
"""

COUNT_ASKS = f"""
WITH {ACTIVE_CAMPAIGNS}
SELECT count(*) AS appointments, count(DISTINCT person) AS people FROM (
    SELECT {PERSON} AS person
    FROM active_campaigns c
    JOIN patients_patient pt ON pt.campaign_id = c.id
    CROSS JOIN LATERAL ({eligibility.ASK_FROM}
    ) ask
    WHERE {eligibility.MAY_BE_PLANNED}
      AND {row_eligibility.IN_TIME}
      AND {row_eligibility.DUE_AT} <= %(now)s + %(soon)s
      AND ask.at <= %(now)s + %(soon)s
    LIMIT %(limit)s
) asks
"""


@dataclass(frozen=True)
class PlannedAsk:
    patient_id: UUID
    name: str
    campaign: str
    at: datetime
    practice: Practice


@dataclass(frozen=True)
class Outlook:
    asks: list[PlannedAsk]
    within_a_day: int
    is_cut_off: bool


def read_outlook(
    workspace: Workspace, *, visible_to: User, campaign: Campaign | None = None
) -> Outlook:
    """Return the next asks of one campaign, or of all whose results the user sees."""
    values = _parameters(workspace, visible_to, campaign)
    asks = list(_read_asks(workspace, values))
    (count,) = sql.fetch(COUNT_ASKS, soon=SOON, limit=MAX_COUNTED, **values)
    return Outlook(
        asks=sorted(asks, key=lambda ask: ask.at),
        within_a_day=count["people"],
        is_cut_off=count["appointments"] == MAX_COUNTED,
    )


def count_within_a_day(workspace: Workspace, *, visible_to: User) -> int:
    """Return `within_a_day` of the outlook, for a page that does not show who is asked next."""
    values = _parameters(workspace, visible_to, None)
    (count,) = sql.fetch(COUNT_ASKS, soon=SOON, limit=MAX_COUNTED, **values)
    return int(count["people"])


def _parameters(
    workspace: Workspace, visible_to: User, campaign: Campaign | None
) -> dict[str, Any]:
    return {
        "workspace": workspace.pk,
        **viewer_values(visible_to),
        "campaign": campaign.pk if campaign else None,
        "now": timezone.now(),
        "oldest": OLDEST_USEFUL_ASK,
    }


def _read_asks(workspace: Workspace, values: dict[str, Any]) -> Iterator[PlannedAsk]:
    """Yield the next asks, without those that will be too late once the practice is open."""
    practices = {practice.pk: practice for practice in workspace.practices.all()}
    for row in sql.fetch(NEXT_ASKS, shown=SHOWN, **values):
        practice = practices[row["practice_id"]]
        if at := ask_time(practice, due=row["due"], earliest=row["at"]):
            yield PlannedAsk(row["id"], row["name"], row["campaign"], at, practice)
