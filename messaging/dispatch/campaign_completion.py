"""A campaign that is not ongoing is complete when nothing is left to ask, to send or to remind."""

from datetime import datetime, timedelta

from django.utils import timezone

from campaigns import actions
from campaigns.models import Campaign
from campaigns.timing import OLDEST_USEFUL_ASK
from core import sql, tenancy
from messaging.models.message import RETRIED
from patients.models.imports import CAN_BE_CALLED_OFF

# The sweeper has tried a failed message once more by then, or never will.
TRIED_AGAIN_WITHIN = timedelta(hours=2)

DONE = """
SELECT c.id FROM campaigns_campaign c
WHERE c.status = 'ACTIVE' AND NOT c.is_ongoing
  AND EXISTS (SELECT FROM patients_patient pt WHERE pt.campaign_id = c.id)
  AND NOT EXISTS (
      SELECT FROM patients_import i WHERE i.campaign_id = c.id AND i.status = ANY(%(coming)s))
  AND NOT EXISTS (
      SELECT FROM patients_patient pt
      WHERE pt.campaign_id = c.id AND pt.asked_at IS NULL AND pt.has_consent
        AND pt.opted_out_at IS NULL AND pt.data_deleted_at IS NULL AND NOT pt.did_not_happen
        AND pt.appointment_time
            > %(now)s - c.scheduled_hours_after * interval '1 hour' - %(oldest)s)
  AND NOT EXISTS (
      SELECT FROM messaging_message m
      WHERE m.campaign_id = c.id
        AND (m.status IN ('PENDING', 'SENDING', 'UNKNOWN')
             OR (m.status = 'FAILED' AND m.error_code = ANY(%(retried)s)
                 AND m.updated_at > %(now)s - %(tried_again)s)))
  AND (c.reminder_after_hours IS NULL OR NOT EXISTS (
      SELECT FROM messaging_message m
      WHERE m.campaign_id = c.id AND m.type = 'INITIAL' AND m.status IN ('SENT', 'DELIVERED')
        AND m.reminded_at IS NULL
        AND m.sent_at > %(now)s - c.reminder_after_hours * interval '1 hour' - %(oldest)s))
"""


def complete_finished_campaigns(*, now: datetime | None = None) -> int:
    now = now or timezone.now()
    with tenancy.platform("complete"):
        finished = [
            row["id"]
            for row in sql.fetch(
                DONE,
                now=now,
                coming=[*CAN_BE_CALLED_OFF],
                oldest=OLDEST_USEFUL_ASK,
                retried=RETRIED,
                tried_again=TRIED_AGAIN_WITHIN,
            )
        ]
        for campaign in Campaign.objects.filter(pk__in=finished):
            actions.complete_campaign(campaign=campaign, by=None)
    return len(finished)
