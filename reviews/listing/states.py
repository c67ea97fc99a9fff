"""What is to be done about a review, for the filters of the page and the API, and for home."""

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from reviews.models import ReplyStatus, Review, ReviewReply


class ReviewState(TextChoices):
    OPEN = "open", _("Without a reply")
    APPROVAL = "approval", _("Waits for approval")
    SENDING = "sending", _("Reply on its way")
    REFUSED = "refused", _("Reply rejected or not sent")
    ANSWERED = "answered", pgettext_lazy("a review", "Answered")
    GONE = "gone", _("No longer at Google")


ON_THEIR_WAY = (ReplyStatus.QUEUED, ReplyStatus.IN_MODERATION, ReplyStatus.DELETING)
NOT_TAKEN = (ReplyStatus.REJECTED, ReplyStatus.FAILED)
AT_GOOGLE = Q(vanished_at=None)
IS_REJECTED = Q(reply_state__iexact="REJECTED")
# A draft that nobody has submitted does not count as a reply.
HAS_NO_REPLY_OF_OURS = Q(reply=None) | Q(reply__status=ReplyStatus.DRAFT)

# `find_states` has the same conditions in Python. A review can meet two of them.
CONDITIONS: dict[ReviewState, Q] = {
    # A reply of ours that is published, and not there, was deleted directly at Google.
    ReviewState.OPEN: AT_GOOGLE
    & Q(published_reply="")
    & (HAS_NO_REPLY_OF_OURS | Q(reply__status=ReplyStatus.PUBLISHED)),
    ReviewState.APPROVAL: AT_GOOGLE & Q(reply__status=ReplyStatus.AWAITING_APPROVAL),
    ReviewState.SENDING: AT_GOOGLE & Q(reply__status__in=ON_THEIR_WAY),
    # Google may also have rejected a reply that was written there, or an older one of ours.
    ReviewState.REFUSED: AT_GOOGLE
    & (Q(reply__status__in=NOT_TAKEN) | IS_REJECTED & HAS_NO_REPLY_OF_OURS),
    ReviewState.ANSWERED: AT_GOOGLE & ~Q(published_reply="") & ~IS_REJECTED,
    ReviewState.GONE: ~AT_GOOGLE,
}


def find_states(review: Review, reply: ReviewReply | None) -> set[ReviewState]:
    """Return all states whose condition the review meets."""
    if review.vanished_at:
        return {ReviewState.GONE}
    status = reply.status if reply else None
    is_rejected = review.reply_state.upper() == "REJECTED"
    is_without_ours = status in {None, ReplyStatus.DRAFT}
    has_text = bool(review.published_reply)
    met = {
        ReviewState.OPEN: not has_text and (is_without_ours or status == ReplyStatus.PUBLISHED),
        ReviewState.APPROVAL: status == ReplyStatus.AWAITING_APPROVAL,
        ReviewState.SENDING: status in ON_THEIR_WAY,
        ReviewState.REFUSED: status in NOT_TAKEN or (is_rejected and is_without_ours),
        ReviewState.ANSWERED: has_text and not is_rejected,
    }
    return {state for state, is_met in met.items() if is_met}
