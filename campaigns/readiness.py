"""What a campaign needs before it can be activated.

Apps above this one register checks in `AppConfig.ready`, for example that there is a sender for
each channel, because this app must not import them.
"""

from collections.abc import Callable

from campaigns.models import Campaign
from workspaces.models import Workspace

ReadinessCheck = Callable[[Campaign], list[str]]
ChannelCheck = Callable[[Workspace, str], list[str]]

checks: list[ReadinessCheck] = []
# What a workspace lacks for the messages of one channel.
channel_checks: list[ChannelCheck] = []


def missing(campaign: Campaign) -> list[str]:
    """Return a sentence for each thing that the campaign lacks."""
    return [sentence for check in checks for sentence in check(campaign)]


def missing_for_channel(workspace: Workspace, channel: str) -> list[str]:
    """Return a sentence for each thing that messages of this channel lack."""
    return [sentence for check in channel_checks for sentence in check(workspace, channel)]
