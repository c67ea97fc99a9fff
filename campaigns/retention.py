"""How long patients have to be kept for what a campaign still wants from them."""

from math import ceil

from django.utils.translation import gettext as _

from campaigns.models import TAKES_PATIENTS, Campaign
from campaigns.timing import OLDEST_USEFUL_ASK
from workspaces.models import Workspace

HOURS_A_DAY = 24


def days_needed(campaign: Campaign) -> int:
    """Until its last message has left: the ask at its latest, and the reminder after that."""
    useful = OLDEST_USEFUL_ASK.total_seconds() / 3600
    hours = campaign.scheduled_hours_after + useful + (campaign.reminder_after_hours or 0)
    return ceil(hours / HOURS_A_DAY)


def shorter_than_needed(workspace: Workspace, days: int) -> list[str]:
    """A sentence for a campaign that would remind people who are forgotten by then."""
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
