from dataclasses import dataclass

from django import template
from django.utils.functional import Promise

from reviews.listing.states import ReviewState, find_states
from reviews.listing.views import reply_of
from reviews.models import ReplyStatus, Review
from reviews.replies.wording import ReplyFacts

register = template.Library()

# Of a review that is in two states, the badge shows the one that asks for more.
TONES = {
    ReviewState.APPROVAL: "badge-warn",
    ReviewState.SENDING: "badge-warn",
    ReviewState.REFUSED: "badge-bad",
    ReviewState.OPEN: "",
    ReviewState.ANSWERED: "badge-good",
}


@dataclass(frozen=True)
class Badge:
    label: str | Promise
    tone: str


@register.filter
def reply_badge(review: Review) -> Badge | None:
    """Return what the list says of the reply: `{% with badge=review|reply_badge %}`."""
    states = find_states(review, reply_of(review))
    state = next((each for each in TONES if each in states), None)
    return Badge(_label(review, state), TONES[state]) if state else None


def _label(review: Review, state: ReviewState) -> str | Promise:
    """Return the words of the reply where they say more than those of the review."""
    reply = reply_of(review)
    if state == ReviewState.ANSWERED:
        return state.label
    if state == ReviewState.REFUSED and (reply is None or reply.status == ReplyStatus.DRAFT):
        return ReplyStatus.REJECTED.label
    if reply is None or reply.status == ReplyStatus.PUBLISHED:
        return state.label
    return ReplyFacts(review, reply).label
