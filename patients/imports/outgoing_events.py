"""The webhook event for a finished import."""

from datetime import datetime
from typing import Any

from integrations.webhooks.outbox import enqueue_event
from patients.models import Import, ImportStatus

ROWS = ("rows_total", "rows_new", "rows_known", "rows_refused")


def enqueue_finished(
    listed: Import, *, status: ImportStatus, at: datetime, problem: str = "", **totals: Any
) -> None:
    """Enqueue import.finished in the transaction that changes the status."""
    enqueue_event(
        "import.finished",
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
