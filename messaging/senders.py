"""Find the sender of a workspace, and the channels that have none."""

from django.db.models import Q
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from messaging.models import Sender
from templates_app.models import Channel
from workspaces import entitlements, support
from workspaces.models import Feature, Workspace


def find_sender(workspace: Workspace, channel: str) -> Sender | None:
    """Return its own sender or else a shared one. A paused one counts: its messages only wait."""
    mine = Q(workspace=workspace) | Q(workspace=None)
    return Sender.objects.filter(mine, channel=channel).order_by("workspace_id", "id").first()


def missing_for(campaign: Campaign) -> list[str]:
    """Return a sentence for each channel that the campaign's patients need and has no sender."""
    wanted = set(
        campaign.patients.filter(asked_at=None)
        .values_list("preferred_channel", flat=True)
        .distinct()
    )
    if Channel.WHATSAPP in wanted and not entitlements.has_feature(
        campaign.workspace, Feature.WHATSAPP
    ):
        wanted = wanted - {Channel.WHATSAPP} | {Channel.SMS}
    return [
        _("There is no sender for %(channel)s yet.") % {"channel": Channel(channel).label}
        + f" {support.how_to_ask()}"
        for channel in sorted(wanted or {Channel.SMS})
        if find_sender(campaign.workspace, channel) is None
    ]
