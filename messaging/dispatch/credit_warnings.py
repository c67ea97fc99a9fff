"""Warn the owners once when a fifth of the credits is left, and once when none is left."""

from django.utils import timezone

from core import sql, tenancy
from integrations.webhooks.outbox import OutgoingEvent, enqueue_events
from messaging import task_queue
from workspaces import low_credits

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
        low = sql.fetch(LOW, now=timezone.now())
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
        for workspace in low:
            task_queue.queue_low_credits_alert(workspace["id"], workspace["credits_warned"])
    return len(low)
