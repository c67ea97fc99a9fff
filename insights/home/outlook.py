"""What comes next: who will be asked soon."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from campaigns.models import Campaign
from campaigns.timing import OLDEST_USEFUL_ASK, opens_next
from campaigns.visibility import RESULTS_VISIBLE, viewer_values
from core import sql
from patients import holds
from workspaces.models import Practice, User, Workspace

SHOWN = 5
SOON = timedelta(hours=24)
COUNTED_AT_MOST = 1_000

RUNNING = f"""c.workspace_id = %(workspace)s AND c.status = 'ACTIVE'
      AND {RESULTS_VISIBLE}
      AND (%(campaign)s::uuid IS NULL OR c.id = %(campaign)s)"""

# As the partial index has them that holds those who may still be asked.
TO_ASK = f"""pt.campaign_id = c.id AND pt.asked_at IS NULL AND pt.has_consent
      AND pt.opted_out_at IS NULL AND pt.data_deleted_at IS NULL AND NOT pt.did_not_happen
      AND pt.appointment_time
          > %(now)s - c.scheduled_hours_after * interval '1 hour' - %(oldest)s
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


def outlook(workspace: Workspace, *, visible_to: User, campaign: Campaign | None = None) -> Outlook:
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
