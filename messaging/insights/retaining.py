"""Old rows may go, their figures stay: a day is counted for the last time before its rows go."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from messaging.insights import rolling
from messaging.models import FrozenDays
from workspaces import sql, tenancy

# No clock on earth is further from Greenwich, so what lies before has that date everywhere.
WEST, EAST = timedelta(hours=12), timedelta(hours=14)

FREEZE = """
INSERT INTO messaging_frozendays (id, workspace_id, before)
VALUES (uuid7(), %(workspace)s, %(before)s)
ON CONFLICT (workspace_id) DO UPDATE
SET before = greatest(messaging_frozendays.before, excluded.before)
RETURNING before
"""


def freeze(*, workspace_id: UUID, before: datetime) -> datetime:
    """Rows of messages whose moment lies before the instant that this returns may go.

    It is a day or two before the one that was wished for, so that no day is cut in two wherever a
    practice stands.
    """
    day = (before.astimezone(UTC) - WEST).date()
    rolling.roll_now(workspace_id=workspace_id, before=day)
    with tenancy.platform("insights"):
        rolling.wait_for_others()
        # What changed since the last batch is counted under the same lock as the days are closed.
        rolling.roll_now(workspace_id=workspace_id, before=day)
        sql.execute(FREEZE, workspace=workspace_id, before=day)
    return datetime.combine(day, time(), UTC) - EAST


def frozen_before(workspace_id: UUID) -> date | None:
    frozen = FrozenDays.objects.within(workspace_id).first()
    return frozen.before if frozen else None
