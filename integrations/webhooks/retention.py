"""How long the log is kept, and what has to leave it before."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from core import tenancy
from core.sql import execute
from integrations.models import WebhookEndpoint

KEPT = timedelta(days=30)
AT_ONCE = 5000

# Ids grow with time, so the oldest are found without an index of their own. What still waits by
# then does so behind an endpoint that is disabled, or a plan that was lost.
PRUNE = """
WITH old AS (
    SELECT id FROM integrations_webhookdelivery WHERE id < %(before)s ORDER BY id LIMIT %(limit)s
), tried AS (
    DELETE FROM integrations_deliveryattempt WHERE delivery_id IN (SELECT id FROM old)
)
DELETE FROM integrations_webhookdelivery WHERE id IN (SELECT id FROM old)
"""

# A comment is the only thing of a patient's own in an delivery; an endpoint's answer may have
# repeated it.
FORGET = """
WITH forgotten AS (
    UPDATE integrations_webhookdelivery SET data = data || '{"comment": ""}', updated_at = %(now)s
    WHERE workspace_id = %(workspace)s AND event = 'feedback.received'
      AND data->>'patient_id' = ANY(%(patients)s)
    RETURNING id
)
UPDATE integrations_deliveryattempt SET answer = '', updated_at = %(now)s
WHERE delivery_id IN (SELECT id FROM forgotten)
"""


def prune_deliveries(*, now: datetime | None = None, at_once: int = AT_ONCE) -> int:
    now = now or timezone.now()
    before = UUID(int=int((now - KEPT).timestamp() * 1000) << 80)
    gone, last = 0, at_once
    while last == at_once:
        with tenancy.platform("announcing"):
            last = execute(PRUNE, before=before, limit=at_once)
        gone += last
    with tenancy.platform("announcing"):
        WebhookEndpoint.objects.filter(earlier_secret_until__lt=now).update(
            earlier_secret="", earlier_secret_until=None
        )
    return gone


def erase_comments(*, workspace_id: UUID, patients: Collection[UUID]) -> None:
    """What these patients wrote. The caller holds a door to their workspace."""
    execute(
        FORGET,
        workspace=workspace_id,
        patients=[str(patient) for patient in patients],
        now=timezone.now(),
    )
