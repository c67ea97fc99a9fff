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
    used = {channel_in_plan(campaign.workspace, channel) for channel in wanted or {Channel.SMS}}
    return [
        sentence
        for channel in sorted(used)
        for sentence in missing_for_channel(campaign.workspace, channel)
    ]


def missing_for_channel(workspace: Workspace, channel: str) -> list[str]:
    """Return a sentence if messages of this channel have no sender."""
    used = channel_in_plan(workspace, channel)
    if find_sender(workspace, used):
        return []
    sentence = _("There is no sender for %(channel)s yet.") % {"channel": Channel(used).label}
    return [f"{sentence} {support.how_to_ask()}"]


def channel_in_plan(workspace: Workspace, channel: str) -> str:
    """Return the channel, or SMS instead of WhatsApp where the plan does not include that."""
    if channel == Channel.WHATSAPP and not entitlements.has_feature(workspace, Feature.WHATSAPP):
        return Channel.SMS
    return channel
