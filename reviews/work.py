"""What is to be done about reviews today, for the home page."""

from dataclasses import dataclass

from django.db.models import Count, Q

from reviews.listing.states import CONDITIONS, ReviewState
from reviews.models import Review
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
    states = (ReviewState.OPEN, ReviewState.APPROVAL, ReviewState.REFUSED)
    any_of_these = Q()
    for state in states:
        any_of_these |= CONDITIONS[state]
    counts = (
        Review.objects.within(workspace)
        .filter(any_of_these)
        .aggregate(**{state.value: Count("pk", filter=CONDITIONS[state]) for state in states})
    )
    may_approve = may(user, Can.APPROVE_REPLIES)
    work = ReviewWork(
        to_answer=counts[ReviewState.OPEN],
        to_approve=counts[ReviewState.APPROVAL] if may_approve else 0,
        refused=counts[ReviewState.REFUSED],
    )
    return work if any((work.to_answer, work.to_approve, work.refused)) else None
