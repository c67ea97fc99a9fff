"""What comes next: who will be asked soon."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from campaigns.models import Campaign
from campaigns.timing import OLDEST_USEFUL_ASK, opens_next
from core import sql
from patients import eligibility, holds
from workspaces.models import Practice, User, Workspace

SHOWN = 5
SOON = timedelta(hours=24)
COUNTED_AT_MOST = 1_000

RUNNING = """c.workspace_id = %(workspace)s AND c.status = 'ACTIVE'
      AND (%(created_by)s::uuid IS NULL OR c.created_by_id = %(created_by)s)
      AND (%(campaign)s::uuid IS NULL OR c.id = %(campaign)s)"""

# Shaped for the partial index `patient_to_ask`.
TO_ASK = f"""pt.campaign_id = c.id
      AND {eligibility.MAY_BE_ASKED}
      AND {eligibility.IN_TIME}
      AND NOT {holds.IS_HELD}"""

# A few of each campaign, so that the cost follows the campaigns and not the patients.
COMING = f"""
SELECT one.id, one.name, one.due, c.name AS campaign, c.practice_id
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
) one
WHERE {RUNNING}
ORDER BY one.due
LIMIT %(shown)s
"""

HOW_MANY = f"""
SELECT count(*) AS many FROM (
    SELECT FROM campaigns_campaign c
    JOIN patients_patient pt ON {TO_ASK}
    WHERE {RUNNING}
      AND pt.appointment_time
          <= %(now)s - c.scheduled_hours_after * interval '1 hour' + %(soon)s
    LIMIT %(limit)s
) coming
"""


@dataclass(frozen=True)
class Coming:
    patient_id: UUID
    name: str
    campaign: str
    at: datetime
    practice: Practice


@dataclass(frozen=True)
class Outlook:
    asks: list[Coming]
    within_a_day: int

    @property
    def is_cut_off(self) -> bool:
        return self.within_a_day == COUNTED_AT_MOST


def outlook(
    workspace: Workspace, *, created_by: User | None = None, campaign: Campaign | None = None
) -> Outlook:
    """Of one campaign, of those of one doctor, or of all."""
    now = timezone.now()
    values = {
        "workspace": workspace.pk,
        "created_by": created_by.pk if created_by else None,
        "campaign": campaign.pk if campaign else None,
        "now": now,
        "oldest": OLDEST_USEFUL_ASK,
    }
    practices = {practice.pk: practice for practice in workspace.practices.all()}
    asks = [
        Coming(
            patient_id=row["id"],
            name=row["name"],
            campaign=row["campaign"],
            at=opens_next(practices[row["practice_id"]], max(row["due"], now)),
            practice=practices[row["practice_id"]],
        )
        for row in sql.fetch(
            COMING, shown=SHOWN, undo=timedelta(minutes=workspace.undo_minutes), **values
        )
    ]
    (counted,) = sql.fetch(HOW_MANY, soon=SOON, limit=COUNTED_AT_MOST, **values)
    return Outlook(sorted(asks, key=lambda ask: ask.at), counted["many"])
