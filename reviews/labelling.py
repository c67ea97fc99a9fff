"""Store what public reviews are about and how urgent they are, as the local reader finds it.

A run reads few reviews, those that changed last first. So after the first fetch of thousands, a new
review still gets its labels within seconds.
"""

from django.utils import timezone

from core import tenancy
from messaging import understanding
from reviews.models import Review

# 1.5 seconds of one core for reviews of two sentences: the same workers import lists, which a
# backlog must not hold up.
REVIEWS_A_RUN = 20


def label_reviews(*, limit: int = REVIEWS_A_RUN) -> int:
    """Label reviews, each in a transaction of its own. Return how many were found.

    Without the reader nothing is stored, so it reads them all once it is installed.
    """
    if not understanding.is_available():
        return 0
    with tenancy.platform("find reviews without labels"):
        unread = Review.objects.unlabelled().order_by("-changed_at")
        found = list(unread.only("workspace_id", "comment", "stars")[:limit])
    for review in found:
        _label(review)
    return len(found)


def _label(review: Review) -> None:
    """Read the words outside of a transaction, and store the labels only of what was read."""
    read = understanding.classify(review.comment, rating=review.stars)
    now = timezone.now()
    with tenancy.within(review.workspace_id):
        Review.objects.within(review.workspace_id).unlabelled().filter(
            pk=review.pk, comment=review.comment, stars=review.stars
        ).update(
            topics=[topic.code for topic in read.topics],
            urgency=read.urgency.code,
            labelled_at=now,
            updated_at=now,
        )
