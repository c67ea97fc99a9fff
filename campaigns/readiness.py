"""What a campaign needs before it can be activated.

Apps above this one register checks in `AppConfig.ready`, for example that there is a sender for
each channel, because this app must not import them.
"""

from collections.abc import Callable

from campaigns.models import Campaign

ReadinessCheck = Callable[[Campaign], list[str]]

checks: list[ReadinessCheck] = []


def missing(campaign: Campaign) -> list[str]:
    """Return a sentence for each thing that the campaign lacks."""
    return [sentence for check in checks for sentence in check(campaign)]
