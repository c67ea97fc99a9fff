"""Tell members of new reviews with 1 to 3 stars, once for each.

They are told how urgent the words sound, and neither the words nor the reviewer's name, which do
not belong in a mailbox or on a locked screen.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from core import tenancy
from messaging import understanding
from messaging.models import Urgency
from reviews.listing.filters import LOW, LOW_STARS
from reviews.listing.states import ReviewState
from reviews.models import Review
from reviews.new_reviews import place_name
from workspaces.models import Workspace
from workspaces.notifications.notifying import notify

# An older review is no news: it came with the first fetch, or after Google was away for long.
NEWS_FOR = timedelta(days=3)
BATCH_SIZE = 1000

# The urgency is found within seconds. While the reader has a backlog, the mail goes without it.
WAIT_FOR_LABELS = timedelta(minutes=2)

TO_ALERT = Q(alerted_at=None, stars__in=LOW_STARS, vanished_at=None)


def alert_low_reviews(*, now: datetime | None = None) -> int:
    """Tell the members of each clinic with new low reviews. Return how many reviews."""
    now = now or timezone.now()
    with tenancy.platform("alerts of low reviews"):
        waiting = list(
            Review.objects.filter(TO_ALERT, _is_read(now))
            .order_by()
            .values_list("workspace_id", flat=True)
            .distinct()
        )
    alerted = 0
    for workspace_id in waiting:
        alerted += _alert_clinic(workspace_id, now)
    return alerted


def _is_read(now: datetime) -> Q:
    if not understanding.is_available():
        return Q()
    return ~Q(labelled_at=None) | Q(comment="") | Q(updated_at__lt=now - WAIT_FOR_LABELS)


def _alert_clinic(workspace_id: UUID, now: datetime) -> int:
    """Mark the reviews and store the notifications, both or neither."""
    with tenancy.within(workspace_id):
        waiting = (
            Review.objects.within(workspace_id)
            .filter(TO_ALERT, _is_read(now))
            .select_related("location__practice")
            .order_by("-changed_at")
            .select_for_update(of=("self",), skip_locked=True)
        )
        reviews = list(waiting[:BATCH_SIZE])
        Review.objects.within(workspace_id).filter(pk__in=[r.pk for r in reviews]).update(
            alerted_at=now, updated_at=now
        )
        news = [review for review in reviews if review.changed_at > now - NEWS_FOR]
        if news:
            _tell(Workspace.objects.get(pk=workspace_id), news, now)
        return len(news)


def _tell(workspace: Workspace, reviews: list[Review], now: datetime) -> None:
    urgent = sorted(
        (review.labels.urgency for review in reviews if review.labels.is_urgent),
        key=list(Urgency).index,
    )
    first = min(reviews, key=lambda review: review.pk)
    notify(
        "reviews.low",
        workspace=workspace,
        # A review that becomes a low one again is news again.
        cause=f"{first.pk} {first.changed_at.isoformat()}",
        path=_path(reviews),
        facts={
            "count": len(reviews),
            "stars": reviews[0].stars,
            "places": ", ".join(sorted({place_name(review.location) for review in reviews})),
            "urgent_count": len(urgent),
            "urgency": urgent[0] if urgent else "",
        },
        now=now,
    )


def _path(reviews: list[Review]) -> str:
    if len(reviews) == 1:
        return reverse("review", args=[reviews[0].pk])
    return f"{reverse('reviews')}?{urlencode({'stars': LOW, 'state': ReviewState.OPEN})}"
