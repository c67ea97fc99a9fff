"""Google's average of a practice beside ours.

Ours is of all patients who rated, and not only of those who wrote at Google.
"""

from dataclasses import dataclass

from django.db.models import Avg, Count, F, Sum

from messaging.models import Message
from reviews.models import GoogleLocation
from workspaces.models import Practice, User


@dataclass(frozen=True)
class Averages:
    google: float | None
    google_count: int
    ours: float | None
    our_count: int

    @property
    def differ(self) -> bool:
        """Return whether the two differ as they are shown, with one decimal."""
        return (
            self.google is not None
            and self.ours is not None
            and round(self.google, 1) != round(self.ours, 1)
        )


def read_averages(practice: Practice, *, visible_to: User) -> Averages:
    locations = GoogleLocation.objects.within(practice.workspace_id).filter(
        practice=practice, average_rating__isnull=False, review_count__gt=0
    )
    at_google = locations.aggregate(
        stars=Sum(F("average_rating") * F("review_count")), count=Sum("review_count")
    )
    rated = (
        Message.objects.within(practice.workspace_id)
        .visible_to(visible_to)
        .filter(campaign__practice=practice, rating__isnull=False)
        .aggregate(average=Avg("rating"), count=Count("pk"))
    )
    count = at_google["count"] or 0
    return Averages(
        google=float(at_google["stars"]) / count if count else None,
        google_count=count,
        ours=rated["average"],
        our_count=rated["count"],
    )
