"""Google's own average and number of reviews, for a public report whose owner wants to show them.

They are never added to our ratings, and are no stars for search engines. They always come with
Google's name and a link to the listing, and only as long as they are fresh: neither after
disconnecting, nor when Google was not read for a month.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from urllib.parse import urlencode

from django.db.models import F, Q
from django.utils import timezone

from insights.models import Report
from reviews.models import ConnectionStatus, GoogleLocation

MAP_SEARCH = "https://www.google.com/maps/search/?"
FRESH_FOR = timedelta(days=30)


@dataclass(frozen=True)
class GoogleRating:
    """`average` has one decimal, as Google shows it."""

    average: Decimal
    reviews: int
    url: str


def read_google_rating(report: Report) -> GoogleRating | None:
    """Return the rating of the practice's listing, of the largest one if it has several."""
    if not report.shows_google:
        return None
    since = timezone.now() - FRESH_FOR
    location = (
        GoogleLocation.objects.within(report.workspace_id)
        .filter(practice=report.practice_id, average_rating__gt=0, review_count__gt=0, failure="")
        .filter(Q(swept_at__gte=since) | Q(changes_fetched_at__gte=since))
        .exclude(connection__status=ConnectionStatus.DISCONNECTED)
        .order_by(F("review_count").desc(), "pk")
        .first()
    )
    if location is None:
        return None
    assert location.average_rating is not None
    assert location.review_count is not None
    return GoogleRating(
        location.average_rating.quantize(Decimal("0.1"), ROUND_HALF_UP),
        location.review_count,
        map_url(location.title, location.place_id),
    )


def map_url(query: str, place_id: str) -> str:
    """Return the address of a place in Google Maps. Without its id Google searches for the text."""
    values = {"api": "1", "query": query}
    if place_id:
        values["query_place_id"] = place_id
    return MAP_SEARCH + urlencode(values)
