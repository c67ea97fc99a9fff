"""What a clinic's own systems are told of a list: that it is in, or that it is not."""

from datetime import datetime
from typing import Any

from patients.models import Import, ImportStatus
from workspaces import announcing
from workspaces.announcing import Event

ROWS = ("rows_total", "rows_new", "rows_known", "rows_refused")


def finished(
    listed: Import, *, status: ImportStatus, at: datetime, problem: str = "", **totals: Any
) -> None:
    """In the transaction that makes it so."""
    announcing.announce(
        Event.IMPORT_FINISHED,
        workspace_id=listed.workspace_id,
        data={
            "id": listed.pk,
            "campaign_id": listed.campaign_id,
            "status": status.value,
            "problem": problem,
            **{name: totals.get(name, getattr(listed, name)) for name in ROWS},
            "finished_at": at,
        },
    )
