"""Fetch all reviews of one location, and find those that are gone at Google.

Google tells of no deletions. A review that the listing does not show is asked for by itself, and
only the answer that it does not exist counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import cache

from core import tenancy
from reviews.google_errors import GoogleUnavailable, NotFoundAtGoogle
from reviews.google_payloads import ReviewData, ReviewPage
from reviews.models import Review
from reviews.sync import due, storing
from reviews.sync.access import in_database, refresh_locations
from reviews.sync.due import Work
from reviews.sync.running import SECONDS_A_RUN, RunResult, Visit, run

# Everything kept is fetched again within a month. Some listings never agree with Google's count;
# what they do not show is asked for one by one when its proof is as old as this.
PROOF_LASTS = timedelta(days=25)
# So many reviews are asked for one by one in a sweep. More are left to the next one.
MOST_ASKED = 200
# The mark of a run outlives a killed worker by so much.
RUNNING, RUNNING_SECONDS = "google-sweep-runs", 60
# A listing that never ends is an error of Google's: this is a quarter of a million reviews.
MOST_PAGES = 5000


class LeaseLostError(GoogleUnavailable):
    """Another worker has the location, or it is no longer followed."""


@dataclass
class Listing:
    """What a whole listing showed."""

    started: datetime
    total: int | None = None
    average: float | None = None
    unreadable: int = 0

    def add(self, page: ReviewPage) -> None:
        self.total = page.total_count
        self.average = page.average_rating
        self.unreadable += page.unreadable


def sweep_locations(*, seconds: float = SECONDS_A_RUN) -> RunResult:
    """Sweep the locations that are due. One run at a time, so that others find a free worker."""
    if not cache.add(RUNNING, 1, RUNNING_SECONDS):
        return RunResult()
    try:
        return run(Work.SWEEP, sweep, seconds=seconds)
    finally:
        cache.delete(RUNNING)


async def sweep(visit: Visit) -> None:
    listing = await _fetch_all(visit)
    is_complete = await in_database(_is_complete, visit, listing)
    is_settled = await _settle_unseen(visit, listing, is_complete=is_complete)
    await in_database(
        due.finish_sweep,
        visit.location,
        until=visit.until,
        started=listing.started,
        is_complete=is_complete and is_settled,
        total=listing.total,
        average=listing.average,
    )
    if not visit.location.is_first_fetch:
        location = visit.location
        await in_database(refresh_locations, location.workspace_id, location.connection_id)


async def _fetch_all(visit: Visit) -> Listing:
    """Read and store all pages. Only the current one is in memory."""
    location, token = visit.location, ""
    listing = Listing(started=visit.clock())
    for _ in range(MOST_PAGES):
        fetched_at = visit.clock()
        page = await visit.access.list_reviews(location.path, token)
        listing.add(page)
        if location.is_first_fetch and not token:
            await in_database(
                due.show_progress, location, total=page.total_count, average=page.average_rating
            )
        await _store(visit, page.reviews, listing, fetched_at=fetched_at)
        token = page.next_page_token
        if not token:
            return listing
        await _keep_lease(visit)
    raise GoogleUnavailable("The listing of reviews does not end.")


async def _settle_unseen(visit: Visit, listing: Listing, *, is_complete: bool) -> bool:
    """Ask for each review that the listing did not show. Return whether all are settled.

    Of a listing that Google's own count contradicts, only those are asked for whose proof is old.
    """
    before = listing.started if is_complete else listing.started - PROOF_LASTS
    unseen = await in_database(_find_unseen, visit, before)
    asked_at, gone = visit.clock(), list[str]()
    for review_id in unseen[:MOST_ASKED]:
        fetched_at = visit.clock()
        try:
            review = await visit.access.get_review(f"{visit.location.path}/reviews/{review_id}")
        except NotFoundAtGoogle:
            gone.append(review_id)
        else:
            await _store(visit, [review], listing, fetched_at=fetched_at)
        await _keep_lease(visit)
    if gone:
        # A location that another owner took over meanwhile knows none of its reviews either. Then
        # this raises, and nothing is deleted.
        await visit.access.list_reviews(visit.location.path, page_size=1)
        await in_database(
            storing.mark_vanished, visit.location, gone, asked_at=asked_at, now=visit.clock()
        )
    return len(unseen) <= MOST_ASKED


async def _store(
    visit: Visit, reviews: Sequence[ReviewData], listing: Listing, *, fetched_at: datetime
) -> None:
    await in_database(
        storing.store_reviews,
        visit.location,
        reviews,
        fetched_at=fetched_at,
        now=visit.clock(),
        fetched_before=listing.started,
    )


async def _keep_lease(visit: Visit) -> None:
    """Extend the lease of a long sweep, or end it if the location is somebody else's now."""
    cache.touch(RUNNING, RUNNING_SECONDS)
    now = visit.clock()
    if visit.until - now > due.LEASE * 2 / 3:
        return
    until = await in_database(due.renew_sweep, visit.location, before=visit.until, now=now)
    if until is None:
        raise LeaseLostError("Another worker fetches this location.")
    visit.until = until


def _is_complete(visit: Visit, listing: Listing) -> bool:
    """Return whether the listing showed as many reviews as Google counts."""
    if listing.total is None or listing.unreadable:
        return False
    with tenancy.within(visit.location.workspace_id):
        seen = Review.objects.at_google().filter(
            location_id=visit.location.id, fetched_at__gte=listing.started
        )
        return seen.count() >= listing.total


def _find_unseen(visit: Visit, before: datetime) -> list[str]:
    with tenancy.within(visit.location.workspace_id):
        unseen = Review.objects.at_google().filter(
            location_id=visit.location.id, fetched_at__lt=before
        )
        found = unseen.order_by("fetched_at").values_list("review_id", flat=True)
        return list(found[: MOST_ASKED + 1])
