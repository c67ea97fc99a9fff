"""Warn the owners once when a fifth of the credits is left, and once when none is left."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from core import sql, tenancy
from integrations.webhooks.outbox import OutgoingEvent, enqueue_events
from workspaces import low_credits
from workspaces.models import Workspace
from workspaces.notifications.notifying import notify

# `credits_warned` is the level of the last warning. A top-up resets it (see LedgerPosting).
LOW = f"""
UPDATE workspaces_workspace
SET credits_warned = CASE WHEN message_credits = 0 THEN 0 ELSE {low_credits.PERCENT} END,
    updated_at = %(now)s
WHERE (message_credits = 0 AND credits_warned IS DISTINCT FROM 0)
   OR ({low_credits.ARE_LOW} AND credits_warned IS NULL)
RETURNING id, credits_warned, message_credits
"""


def warn_of_low_credits() -> int:
    """Send the warnings that are due. Return how many workspaces got one."""
    with tenancy.platform("credit warnings"):
        now = timezone.now()
        low = sql.fetch(LOW, now=now)
        enqueue_events(
            OutgoingEvent(
                "credits.low",
                workspace["id"],
                {
                    "message_credits": workspace["message_credits"],
                    "percent_left": workspace["credits_warned"],
                },
            )
            for workspace in low
        )
        found = Workspace.objects.in_bulk([workspace["id"] for workspace in low])
        for workspace in low:
            _tell_members(found[workspace["id"]], now)
    return len(low)


def _tell_members(workspace: Workspace, now: datetime) -> None:
    notify(
        "credits.low",
        workspace=workspace,
        # The statement finds a level once, and after a top-up it is news again.
        cause=f"{workspace.credits_warned} {now.isoformat()}",
        path=reverse("home"),
        facts={
            "credits": workspace.message_credits,
            "none_left": workspace.message_credits == 0,
        },
        now=now,
    )
