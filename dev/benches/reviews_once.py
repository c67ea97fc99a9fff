"""Fetch all reviews that are due, as a worker does, without the limits of Google's quota.

`python -m dev.benches.reviews_once` prints the peak of the memory in megabytes.
"""

import os

from dev.benches.importing_once import peak_memory


def fetch_everything() -> None:
    from reviews.sync import sweep

    _lift_quota()
    sweep.sweep_locations(seconds=600)


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
