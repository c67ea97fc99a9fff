"""Google's moderation of replies: pending, then approved or rejected.

Google adds states without notice. One that we do not know is shown as it is, and asked about again
like a pending one.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.utils import timezone

from core import audit
from reviews.models import ReplyStatus, ReviewReply

FINAL = {"APPROVED": ReplyStatus.PUBLISHED, "REJECTED": ReplyStatus.REJECTED}
# The statuses of a reply whose text Google has.
TAKEN = (ReplyStatus.IN_MODERATION, ReplyStatus.PUBLISHED, ReplyStatus.REJECTED)

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=15), timedelta(hours=6)
ACTIONS = {
    ReplyStatus.PUBLISHED: "review.published",
    ReplyStatus.REJECTED: "review.rejected",
}


def follow_stored(workspace_id: UUID, review_ids: Iterable[UUID]) -> None:
    """Take over what Google says of the replies to these reviews, which are stored already.

    A text that is still to be sent is left alone, because Google speaks of an older one.
    """
    replies = ReviewReply.objects.within(workspace_id).select_for_update(of=("self",))
    taken = replies.filter(review__in=list(review_ids), status__in=TAKEN).select_related("review")
    for reply in taken.order_by("pk"):
        settle(reply, reply.review.reply_state)


def settle(reply: ReviewReply, state: str) -> None:
    """Move a reply that Google has to the status that this state means, and save it."""
    status = status_of(state)
    now = timezone.now()
    if status == ReplyStatus.IN_MODERATION:
        if reply.status != status:
            reply.attempts = 0
            reply.next_try_at = now + FIRST_PAUSE
        reply.settled_at = None
    else:
        reply.next_try_at = None
        reply.settled_at = reply.settled_at if reply.status == status else now
    is_news = status in ACTIONS and reply.status != status
    reply.status = status
    reply.save(
        update_fields=["status", "attempts", "next_try_at", "settled_at", "sent_at", "updated_at"]
    )
    if is_news:
        audit.record(ACTIONS[status], reply.review, by=None, new={"version": reply.version})


def status_of(state: str) -> ReplyStatus:
    """Return what a state of Google's means. Where it says none, the reply is published."""
    if not state:
        return ReplyStatus.PUBLISHED
    return FINAL.get(state.upper(), ReplyStatus.IN_MODERATION)


def next_look(attempts: int, now: datetime) -> datetime:
    """Return when to ask again: after pauses that double. A person may wait for the first."""
    doublings: int = 2 ** min(attempts, 16)
    return now + min(FIRST_PAUSE * doublings, LONGEST_PAUSE)
