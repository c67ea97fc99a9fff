"""Which canned replies suit a review, in its language."""

from reviews.canned_replies import CannedReply, Occasion, list_canned_replies
from reviews.listing.filters import LOW_STARS
from reviews.models import Review

GOOD_WITH_WORDS = (Occasion.PRAISE, Occasion.PRAISE_OF_TEAM)
LOW_WITH_WORDS = (
    Occasion.CRITICISM,
    Occasion.MIXED,
    Occasion.WAITING,
    Occasion.MANNERS,
    Occasion.PRICE,
    Occasion.TELEPHONE,
    Occasion.DETAILS,
)


def list_for(review: Review) -> list[CannedReply]:
    """Return the canned replies, those for such a review first."""
    suitable = _suitable(review)
    replies = list_canned_replies(review.language or review.workspace.language)
    return sorted(replies, key=lambda reply: reply.occasion not in suitable)


def text_for(review: Review, occasion: str) -> str | None:
    return next((reply.text for reply in list_for(review) if reply.occasion == occasion), None)


def _suitable(review: Review) -> tuple[Occasion, ...]:
    if review.stars in LOW_STARS:
        return LOW_WITH_WORDS if review.comment else (Occasion.LOW_STARS_ONLY,)
    return GOOD_WITH_WORDS if review.comment else (Occasion.STARS_ONLY,)
