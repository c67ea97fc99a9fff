"""Which sender a workspace's messages leave from, and what is missing before any can."""

from django.db.models import Q
from django.utils.translation import gettext as _

from campaigns.models import Campaign
from messaging.models import Sender
from templates_app.models import Channel
from workspaces import entitlements, support
from workspaces.models import Workspace
from workspaces.plans import Feature


def find_sender(workspace: Workspace, channel: str) -> Sender | None:
    """Its own, else one that all share; a paused one still counts, for its messages only wait."""
    mine = Q(workspace=workspace) | Q(workspace=None)
    return Sender.objects.filter(mine, channel=channel).order_by("workspace_id", "id").first()


def missing_for(campaign: Campaign) -> list[str]:
    """The channels that its patients are to be asked by and that nobody can send through."""
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
