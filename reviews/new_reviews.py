"""Tell members of new reviews that are not low. `alerts` tells of those with 1 to 3 stars."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.urls import reverse

from reviews.models import GoogleLocation
from workspaces.notifications.notifying import notify

# What Google shows late, for example after it was away, is no news.
NEWS_FOR = timedelta(days=3)


def tell_of_new_reviews(location_id: UUID, review_ids: Collection[UUID], *, now: datetime) -> None:
    """Tell of reviews of one location, in the transaction that stores them."""
    if not review_ids:
        return
    location = GoogleLocation.objects.select_related("workspace", "practice").get(pk=location_id)
    first = min(review_ids)
    is_one = len(review_ids) == 1
    notify(
        "reviews.new",
        workspace=location.workspace,
        cause=str(first),
        path=reverse("review", args=[first]) if is_one else reverse("reviews"),
        facts={"count": len(review_ids), "places": place_name(location)},
        now=now,
    )


def place_name(location: GoogleLocation) -> str:
    return location.practice.name if location.practice else location.title
