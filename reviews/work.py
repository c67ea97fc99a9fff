"""What is to be done about reviews today, for the home page."""

from dataclasses import dataclass

from django.db.models import Count

from reviews.listing.states import CONDITIONS, NOT_TAKEN, ReviewState
from reviews.models import ReplyStatus, Review, ReviewReply
from reviews.replies.sendable import ANSWERABLE
from workspaces.access import Can, may
from workspaces.models import User, Workspace


@dataclass(frozen=True)
class ReviewWork:
    to_answer: int
    to_approve: int
    refused: int


def count_work(workspace: Workspace, user: User) -> ReviewWork | None:
    """Count what waits for this person. None without anything, or without the permission."""
    if not may(user, Can.REPLY_TO_REVIEWS):
        return None
    # Each has an index or a small table of its own. Together they would read every review.
    to_answer = (
        Review.objects.within(workspace).filter(CONDITIONS[ReviewState.OPEN], ANSWERABLE).count()
    )
    replies = ReviewReply.objects.within(workspace).filter(review__vanished_at=None)
    counts = dict(replies.order_by().values_list("status").annotate(Count("pk")))
    may_approve = may(user, Can.APPROVE_REPLIES)
    work = ReviewWork(
        to_answer=to_answer,
        to_approve=counts.get(ReplyStatus.AWAITING_APPROVAL, 0) if may_approve else 0,
        # Without rejected replies that were written at Google: no index finds them.
        refused=sum(counts.get(status, 0) for status in NOT_TAKEN),
    )
    return work if any((work.to_answer, work.to_approve, work.refused)) else None
