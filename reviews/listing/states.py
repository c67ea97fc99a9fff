"""What is to be done about a review, for the filters of the page and the API, and for home."""

from django.db.models import Q, TextChoices
from django.utils.translation import gettext_lazy as _

from reviews.models import ReplyStatus


class ReviewState(TextChoices):
    OPEN = "open", _("Without a reply")
    APPROVAL = "approval", _("Waits for approval")
    SENDING = "sending", _("Reply on its way")
    REFUSED = "refused", _("Reply rejected or not sent")
    ANSWERED = "answered", _("Answered")
    GONE = "gone", _("No longer at Google")


AT_GOOGLE = Q(vanished_at=None)
CONDITIONS: dict[ReviewState, Q] = {
    # A draft that nobody has submitted does not count as a reply.
    ReviewState.OPEN: AT_GOOGLE
    & Q(published_reply="")
    & (Q(reply=None) | Q(reply__status=ReplyStatus.DRAFT)),
    ReviewState.APPROVAL: AT_GOOGLE & Q(reply__status=ReplyStatus.AWAITING_APPROVAL),
    ReviewState.SENDING: AT_GOOGLE
    & Q(reply__status__in=[ReplyStatus.QUEUED, ReplyStatus.IN_MODERATION, ReplyStatus.DELETING]),
    ReviewState.REFUSED: AT_GOOGLE
    & Q(reply__status__in=[ReplyStatus.REJECTED, ReplyStatus.FAILED]),
    ReviewState.ANSWERED: AT_GOOGLE & ~Q(published_reply="") & ~Q(reply_state__iexact="REJECTED"),
    ReviewState.GONE: ~AT_GOOGLE,
}
