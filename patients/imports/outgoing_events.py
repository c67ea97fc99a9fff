"""Tell other systems and members of a finished import, by webhook and by notification."""

from datetime import datetime
from typing import Any

from django.urls import reverse

from integrations.webhooks.outbox import enqueue_event
from patients.models import Import, ImportStatus
from workspaces.models import User
from workspaces.notifications.kinds import Facts
from workspaces.notifications.notifying import notify

ROWS = ("rows_total", "rows_new", "rows_known", "rows_refused")


def enqueue_finished(
    listed: Import, *, status: ImportStatus, at: datetime, problem: str = "", **totals: Any
) -> None:
    """Enqueue import.finished and tell members, in the transaction that changes the status."""
    rows = {name: totals.get(name, getattr(listed, name)) for name in ROWS}
    enqueue_event(
        "import.finished",
        workspace_id=listed.workspace_id,
        data={
            "id": listed.pk,
            "campaign_id": listed.campaign_id,
            "status": status.value,
            "problem": problem,
            **rows,
            "finished_at": at,
        },
    )
    _tell_members(listed, rows, has_failed=status == ImportStatus.FAILED)


def _tell_members(listed: Import, rows: dict[str, Any], *, has_failed: bool) -> None:
    """Tell the person who uploaded the list, or those who see the list of a program."""
    facts = {
        "campaign": listed.campaign.name,
        "new": rows["rows_new"],
        "refused": rows["rows_refused"],
    }

    def facts_for(member: User) -> Facts | None:
        if listed.is_automatic:
            seen = Import.objects.within(listed.workspace_id).visible_to(member)
            is_for_member = has_failed and seen.filter(pk=listed.pk).exists()
        else:
            is_for_member = listed.uploaded_by_id == member.pk
        return facts if is_for_member else None

    notify(
        "import.failed" if has_failed else "import.done",
        workspace=listed.workspace,
        cause=str(listed.pk),
        path=reverse("import", args=[listed.pk]),
        facts=facts_for,
    )
