"""How long deliveries are kept, and what is erased from them before."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from core import tenancy
from core.ids import first_id
from core.sql import delete_in_batches, execute
from integrations.models import WebhookEndpoint

KEPT_FOR = timedelta(days=30)
BATCH_SIZE = 5000

# Ids grow with time, so the oldest rows are found by the primary key. A delivery that still waits
# by then belongs to a disabled endpoint, or to a clinic whose plan no longer has webhooks.
PRUNE = """
WITH old AS (
    SELECT id FROM integrations_webhookdelivery WHERE id < %(before)s ORDER BY id LIMIT %(limit)s
), tried AS (
    DELETE FROM integrations_deliveryattempt WHERE delivery_id IN (SELECT id FROM old)
)
DELETE FROM integrations_webhookdelivery WHERE id IN (SELECT id FROM old)
"""

# The comment is the only text of a patient in a delivery, but the answer of an endpoint may have
# repeated it.
ERASE_COMMENTS = """
WITH forgotten AS (
    UPDATE integrations_webhookdelivery SET data = data || '{"comment": ""}', updated_at = %(now)s
    WHERE workspace_id = %(workspace)s AND event = 'feedback.received'
      AND data->>'patient_id' = ANY(%(patients)s)
    RETURNING id
)
UPDATE integrations_deliveryattempt SET answer = '', updated_at = %(now)s
WHERE delivery_id IN (SELECT id FROM forgotten)
"""


def prune_deliveries(*, now: datetime | None = None, batch_size: int = BATCH_SIZE) -> int:
    """Delete deliveries over their time, and secrets whose rotation has ended. Return how many."""
    now = now or timezone.now()
    before = first_id(now - KEPT_FOR)
    deleted = delete_in_batches(PRUNE, reason="webhooks", batch=batch_size, before=before)
    with tenancy.platform("webhooks"):
        WebhookEndpoint.objects.filter(earlier_secret_until__lt=now).update(
            earlier_secret="", earlier_secret_until=None
        )
    return deleted


def erase_comments(*, workspace_id: UUID, patients: Collection[UUID]) -> None:
    """Erase what these patients wrote. The caller has opened their workspace."""
    execute(
        ERASE_COMMENTS,
        workspace=workspace_id,
        patients=[str(patient) for patient in patients],
        now=timezone.now(),
    )
