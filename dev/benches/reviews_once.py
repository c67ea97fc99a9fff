"""Fetch all reviews that are due, as a worker does, without the limits of Google's quota.

`python -m dev.benches.reviews_once` prints the peak of the memory in megabytes.
"""

import os
from typing import TYPE_CHECKING

from dev.benches.importing_once import peak_memory

if TYPE_CHECKING:
    from reviews.google_payloads import ReviewPage
    from reviews.sync.due import LeasedLocation


def fetch_everything() -> None:
    from reviews.sync import sweep

    _lift_quota()
    sweep.sweep_locations(seconds=600)


def read_pages() -> "list[tuple[LeasedLocation, ReviewPage]]":
    """Return the first page of each location, with the lease that storing it needs."""
    from datetime import timedelta

    from asgiref.sync import async_to_sync
    from django.utils import timezone

    from reviews.google import open_session
    from reviews.sync import due
    from reviews.sync.access import Access
    from reviews.sync.due import Work

    _lift_quota()
    leased = due.lease(Work.SWEEP, now=timezone.now() + timedelta(days=1), limit=100_000)

    async def read() -> "list[tuple[LeasedLocation, ReviewPage]]":
        async with open_session() as session:
            return [
                (each, await Access(each.connection_id, session).list_reviews(each.path))
                for each in leased
            ]

    return async_to_sync(read)()


def store_pages(pages: "list[tuple[LeasedLocation, ReviewPage]]") -> None:
    from django.utils import timezone

    from reviews.sync import storing

    now = timezone.now()
    for location, page in pages:
        storing.store_reviews(location, page.reviews, fetched_at=now, now=now)


def fetch_changes() -> None:
    """Look for changes in all locations, as if an hour had passed."""
    from core import tenancy
    from reviews.models import GoogleConnection, GoogleLocation
    from reviews.sync import changes

    _lift_quota()
    with tenancy.platform("bench"):
        now = GoogleConnection.objects.get().connected_at
        GoogleLocation.objects.update(changes_due_at=now)
    changes.sync_changes(seconds=600)


def _lift_quota() -> None:
    from reviews import request_budget

    request_budget.REQUESTS_A_MINUTE = 10**9


def main() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    fetch_everything()
    print(peak_memory())  # noqa: T201


if __name__ == "__main__":
    main()
