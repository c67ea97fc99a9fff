"""What must be there before a campaign may ask anyone.

The floors above know things that this one must not import (is there a sender for the channel?), so
each adds its question here when it is loaded.
"""

from collections.abc import Callable

from campaigns.models import Campaign

Question = Callable[[Campaign], list[str]]

questions: list[Question] = []


def missing(campaign: Campaign) -> list[str]:
    """One sentence for each thing that stands in the way."""
    return [sentence for question in questions for sentence in question(campaign)]
