"""Who will be asked next, and how many within a day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from campaigns.models import Campaign
from campaigns.timing import OLDEST_USEFUL_ASK, next_opening
from campaigns.visibility import RESULTS_VISIBLE, viewer_values
from core import sql
from patients import eligibility, holds
from workspaces.models import Practice, User, Workspace

SHOWN = 5
SOON = timedelta(hours=24)
MAX_COUNTED = 1_000

ACTIVE_CAMPAIGNS = f"""c.workspace_id = %(workspace)s AND c.status = 'ACTIVE'
      AND {RESULTS_VISIBLE}
      AND (%(campaign)s::uuid IS NULL OR c.id = %(campaign)s)"""

# Shaped for the partial index `patient_to_ask`.
TO_ASK = f"""pt.campaign_id = c.id
      AND {eligibility.MAY_BE_ASKED}
      AND {eligibility.IN_TIME}
      AND NOT {holds.IS_HELD}"""

# The first few of each campaign, so that the cost grows with the campaigns and not with the
# patients.
NEXT_ASKS = f"""
SELECT ask.id, ask.name, ask.due, c.name AS campaign, c.practice_id
FROM campaigns_campaign c
CROSS JOIN LATERAL (
    SELECT pt.id, pt.name,
           greatest(
               pt.appointment_time + c.scheduled_hours_after * interval '1 hour',
               CASE WHEN pt.source_id IS NOT NULL THEN pt.created_at + %(undo)s END) AS due
    FROM patients_patient pt
    WHERE {TO_ASK}
    ORDER BY pt.appointment_time
    LIMIT %(shown)s
) ask
WHERE {ACTIVE_CAMPAIGNS}
ORDER BY ask.due
LIMIT %(shown)s
"""

COUNT_ASKS = f"""
SELECT count(*) AS many FROM (
    SELECT FROM campaigns_campaign c
    JOIN patients_patient pt ON {TO_ASK}
    WHERE {ACTIVE_CAMPAIGNS}
      AND pt.appointment_time
          <= %(now)s - c.scheduled_hours_after * interval '1 hour' + %(soon)s
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

    @property
    def is_cut_off(self) -> bool:
        return self.within_a_day == MAX_COUNTED


def read_outlook(
    workspace: Workspace, *, visible_to: User, campaign: Campaign | None = None
) -> Outlook:
    """Return the next asks of one campaign, or of all whose results the user sees."""
    now = timezone.now()
    values = {
        "workspace": workspace.pk,
        **viewer_values(visible_to),
        "campaign": campaign.pk if campaign else None,
        "now": now,
        "oldest": OLDEST_USEFUL_ASK,
    }
    practices = {practice.pk: practice for practice in workspace.practices.all()}
    asks = [
        PlannedAsk(
            patient_id=row["id"],
            name=row["name"],
            campaign=row["campaign"],
            at=next_opening(practices[row["practice_id"]], max(row["due"], now)),
            practice=practices[row["practice_id"]],
        )
        for row in sql.fetch(
            NEXT_ASKS, shown=SHOWN, undo=timedelta(minutes=workspace.undo_minutes), **values
        )
    ]
    (count,) = sql.fetch(COUNT_ASKS, soon=SOON, limit=MAX_COUNTED, **values)
    return Outlook(sorted(asks, key=lambda ask: ask.at), count["many"])
