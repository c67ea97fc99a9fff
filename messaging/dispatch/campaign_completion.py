"""Complete the campaigns that have nothing left to ask, to send, to retry or to remind of."""

from datetime import datetime, timedelta

from django.utils import timezone

from campaigns import actions
from campaigns.models import Campaign
from campaigns.timing import OLDEST_USEFUL_ASK
from core import sql, tenancy
from messaging.error_policy import RETRIED_CODES
from patients import row_eligibility
from patients.models.imports import CAN_BE_CANCELLED

# By then the sweeper has tried a failed message again, or never will.
RETRIED_WITHIN = timedelta(hours=2)

FIND_FINISHED = f"""
SELECT c.id FROM campaigns_campaign c
WHERE c.status = 'ACTIVE' AND NOT c.is_ongoing
  AND EXISTS (SELECT FROM patients_patient pt WHERE pt.campaign_id = c.id)
  AND NOT EXISTS (
      SELECT FROM patients_import i WHERE i.campaign_id = c.id AND i.status = ANY(%(coming)s))
  AND NOT EXISTS (
      SELECT FROM patients_patient pt
      WHERE pt.campaign_id = c.id
        AND {row_eligibility.MAY_BE_ASKED}
        AND {row_eligibility.IN_TIME})
  AND NOT EXISTS (
      SELECT FROM messaging_message m
      WHERE m.campaign_id = c.id
        AND (m.status IN ('PENDING', 'SENDING', 'UNKNOWN')
             OR (m.status = 'FAILED' AND m.error_code = ANY(%(retried)s)
                 AND m.updated_at > %(now)s - %(retried_within)s)))
  AND (c.reminder_after_hours IS NULL OR NOT EXISTS (
      SELECT FROM messaging_message m
      WHERE m.campaign_id = c.id AND m.type = 'INITIAL' AND m.status IN ('SENT', 'DELIVERED')
        AND m.reminded_at IS NULL
        AND m.sent_at > %(now)s - c.reminder_after_hours * interval '1 hour' - %(oldest)s))
"""


def complete_finished_campaigns(*, now: datetime | None = None) -> int:
    """Complete each of these campaigns. Return how many."""
    now = now or timezone.now()
    with tenancy.platform("complete"):
        finished = [
            row["id"]
            for row in sql.fetch(
                FIND_FINISHED,
                now=now,
                coming=[*CAN_BE_CANCELLED],
                oldest=OLDEST_USEFUL_ASK,
                retried=RETRIED_CODES,
                retried_within=RETRIED_WITHIN,
            )
        ]
        for campaign in Campaign.objects.filter(pk__in=finished):
            actions.complete_campaign(campaign=campaign, by=None)
    return len(finished)
