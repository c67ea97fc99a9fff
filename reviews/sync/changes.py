"""Fetch what is new or changed in one location: the newest pages, until nothing more is new."""

from datetime import datetime, timedelta

from reviews.google_payloads import ReviewPage
from reviews.sync import due, storing
from reviews.sync.access import in_database
from reviews.sync.due import Work
from reviews.sync.running import SECONDS_A_RUN, RunResult, Visit, run

# Google's clock, and how long it may take until a review shows.
OVERLAP = timedelta(minutes=10)


def sync_changes(*, seconds: float = SECONDS_A_RUN) -> RunResult:
    return run(Work.CHANGES, fetch_changes, seconds=seconds)


async def fetch_changes(visit: Visit) -> None:
    """Read pages, newest change first, until one ends with what was known before.

    A review that is deleted while we read moves the others to the page that we have read already.
    Then this look is not taken for whole, and the next one begins where this one did.
    """
    location, started = visit.location, visit.clock()
    token, is_whole, total = "", True, None
    while True:
        page, has_news = await _store_page(visit, token)
        is_whole &= not page.unreadable and (not token or page.total_count == total)
        token, total = page.next_page_token, page.total_count
        if not token or (not has_news and _ends_before(page, location.changes_fetched_at)):
            break
    await in_database(
        due.finish_changes,
        location,
        started=started,
        is_whole=is_whole,
        total=total,
        average=page.average_rating,
    )


async def _store_page(visit: Visit, token: str) -> tuple[ReviewPage, bool]:
    """Store a page. Return it, and whether its last review was new or changed."""
    location, fetched_at = visit.location, visit.clock()
    page = await visit.access.list_reviews(location.path, token)
    stored = await in_database(
        storing.store_reviews,
        location,
        page.reviews,
        fetched_at=fetched_at,
        now=visit.clock(),
    )
    news = {review.review_id for review in stored}
    return page, bool(page.reviews) and page.reviews[-1].review_id in news


def _ends_before(page: ReviewPage, last_look: datetime | None) -> bool:
    """Return whether the rest was there at the last look, and has not changed since."""
    if last_look is None or not page.reviews:
        return False
    return page.reviews[-1].changed_at < last_look - OVERLAP
