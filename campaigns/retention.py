"""How long a campaign needs the data of its patients."""

from math import ceil

from django.utils.translation import gettext as _

from campaigns.models import TAKES_PATIENTS, Campaign
from campaigns.timing import OLDEST_USEFUL_ASK
from workspaces.models import Workspace

HOURS_A_DAY = 24


def days_needed(campaign: Campaign) -> int:
    """Return the days from an appointment until the campaign's last message can be sent.

    That is its reminder, after an ask that was sent as late as possible.
    """
    max_lateness = OLDEST_USEFUL_ASK.total_seconds() / 3600
    hours = campaign.scheduled_hours_after + max_lateness + (campaign.reminder_after_hours or 0)
    return ceil(hours / HOURS_A_DAY)


def object_to_short_retention(workspace: Workspace, days: int) -> list[str]:
    """Return an objection if a campaign would remind patients who are erased by then."""
    running = Campaign.objects.within(workspace).filter(status__in=TAKES_PATIENTS).order_by("name")
    return [
        _(
            "“%(campaign)s” reminds patients until %(needed)d days after their appointment. Keep"
            " them for that long, or shorten its reminder first."
        )
        % {"campaign": campaign.name, "needed": days_needed(campaign)}
        for campaign in running.exclude(reminder_after_hours=None)
        if days_needed(campaign) > days
    ][:1]
