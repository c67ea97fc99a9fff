"""How long the log is kept, and what has to leave it before."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from workspaces import tenancy
from workspaces.models import Endpoint
from workspaces.sql import execute

KEPT = timedelta(days=30)
AT_ONCE = 5000

# Ids grow with time, so the oldest are found without an index of their own. What still waits by
# then does so behind an endpoint that is disabled, or a plan that was lost.
PRUNE = """
WITH old AS (
    SELECT id FROM workspaces_announcement WHERE id < %(before)s ORDER BY id LIMIT %(limit)s
), tried AS (
    DELETE FROM workspaces_attempt WHERE announcement_id IN (SELECT id FROM old)
)
DELETE FROM workspaces_announcement WHERE id IN (SELECT id FROM old)
"""

# A comment is the only thing of a patient's own in an announcement; an endpoint's answer may have
# repeated it.
FORGET = """
WITH forgotten AS (
    UPDATE workspaces_announcement SET data = data || '{"comment": ""}', updated_at = %(now)s
    WHERE workspace_id = %(workspace)s AND event = 'feedback.received'
      AND data->>'patient_id' = ANY(%(patients)s)
    RETURNING id
)
UPDATE workspaces_attempt SET answer = '', updated_at = %(now)s
WHERE announcement_id IN (SELECT id FROM forgotten)
"""


def prune(*, now: datetime | None = None, at_once: int = AT_ONCE) -> int:
    now = now or timezone.now()
    before = UUID(int=int((now - KEPT).timestamp() * 1000) << 80)
    gone, last = 0, at_once
    while last == at_once:
        with tenancy.platform("announcing"):
            last = execute(PRUNE, before=before, limit=at_once)
        gone += last
    with tenancy.platform("announcing"):
        Endpoint.objects.filter(earlier_secret_until__lt=now).update(
            earlier_secret="", earlier_secret_until=None
        )
    return gone


def forget_words(*, workspace_id: UUID, patients: Collection[UUID]) -> None:
    """What these patients wrote. The caller holds a door to their workspace."""
    execute(
        FORGET,
        workspace=workspace_id,
        patients=[str(patient) for patient in patients],
        now=timezone.now(),
    )
