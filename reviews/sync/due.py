"""Which locations are due, who works on them, and when they are due again.

The time at which a location is due is also its lease: a worker moves it on before it calls Google.
A worker that dies leaves a location that is due when the lease ends. When the work is done, the
next time is set only if the lease is still there; a push or an owner may have made the location due
again in the meantime.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from random import uniform
from typing import Any
from uuid import UUID

from core import tenancy
from core.sql import execute, fetch
from reviews.google_errors import (
    AccessDenied,
    LocationUnverified,
    NotFoundAtGoogle,
    OverQuota,
)
from reviews.models import LocationFailure

REASON = "fetching reviews"

CHANGES_EVERY = timedelta(hours=1)
# After a listing that changed under our eyes.
CHANGES_AGAIN = timedelta(minutes=1)
SWEEP_EVERY = timedelta(days=7)
# After a sweep that Google's own count contradicts, and where the counts differ between sweeps.
SWEEP_AGAIN = timedelta(days=1)
LEASE = timedelta(minutes=10)
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSES = {"changes": timedelta(hours=1), "sweep": timedelta(days=1)}
MAX_ERROR = 300


class Work(StrEnum):
    CHANGES = "changes"
    SWEEP = "sweep"


@dataclass(frozen=True)
class LeasedLocation:
    id: UUID
    workspace_id: UUID
    connection_id: UUID
    account: str
    name: str
    title: str
    # The lease, which is the stored time while nobody else has changed it.
    until: datetime
    was_due_at: datetime
    # When the last attempt failed. None if it did not.
    last_error_at: datetime | None
    first_fetched_at: datetime | None
    changes_fetched_at: datetime | None

    @property
    def path(self) -> str:
        return f"{self.account}/{self.name}"

    @property
    def is_first_fetch(self) -> bool:
        return self.first_fetched_at is None


# SKIP LOCKED, so that workers who ask at the same moment get different locations. The first fetch
# is a sweep, and what failed for good is tried again by sweeps: neither is due for changes.
LEASE_CHANGES = """
UPDATE reviews_googlelocation location SET changes_due_at = %(until)s
FROM (
    SELECT l.id, l.changes_due_at AS was_due_at
    FROM reviews_googlelocation l
    JOIN reviews_googleconnection c ON c.id = l.connection_id AND c.status = 'CONNECTED'
    WHERE l.changes_due_at <= %(now)s AND l.first_fetched_at IS NOT NULL AND l.failure = ''
    ORDER BY l.changes_due_at
    LIMIT %(limit)s
    FOR NO KEY UPDATE OF l SKIP LOCKED
) due
WHERE location.id = due.id
RETURNING location.id, location.workspace_id, location.connection_id, location.account,
    location.name, location.title, location.changes_due_at AS until, due.was_due_at,
    location.last_error_at, location.first_fetched_at, location.changes_fetched_at
"""

# A clinic that has just connected is first, because somebody watches the progress.
LEASE_SWEEP = """
UPDATE reviews_googlelocation location SET sweep_due_at = %(until)s
FROM (
    SELECT l.id, l.sweep_due_at AS was_due_at
    FROM reviews_googlelocation l
    JOIN reviews_googleconnection c ON c.id = l.connection_id AND c.status = 'CONNECTED'
    WHERE l.sweep_due_at <= %(now)s
    ORDER BY l.first_fetched_at IS NOT NULL, l.sweep_due_at
    LIMIT %(limit)s
    FOR NO KEY UPDATE OF l SKIP LOCKED
) due
WHERE location.id = due.id
RETURNING location.id, location.workspace_id, location.connection_id, location.account,
    location.name, location.title, location.sweep_due_at AS until, due.was_due_at,
    location.last_error_at, location.first_fetched_at, location.changes_fetched_at
"""

RENEW_SWEEP = """
UPDATE reviews_googlelocation SET sweep_due_at = %(until)s
WHERE id = %(id)s AND sweep_due_at = %(before)s
"""

# Google's count beside ours shows what no look for changes can see, such as deleted reviews. A
# sweep is brought forward then, but not more often than daily: some counts never agree. One that
# is under way is left alone.
FINISH_CHANGES = """
UPDATE reviews_googlelocation SET
    changes_due_at = CASE WHEN changes_due_at = %(until)s THEN %(next)s ELSE changes_due_at END,
    changes_fetched_at = CASE WHEN %(is_whole)s THEN %(started)s ELSE changes_fetched_at END,
    sweep_due_at = CASE
        WHEN sweep_due_at > %(started)s + %(lease)s AND %(total)s::int <> (
            SELECT count(*) FROM reviews_review r
            WHERE r.location_id = %(id)s AND r.vanished_at IS NULL)
        THEN least(sweep_due_at, greatest(%(started)s, swept_at + %(sweep_again)s))
        ELSE sweep_due_at END,
    average_rating = coalesce(%(average)s, average_rating),
    review_count = coalesce(%(total)s, review_count),
    last_error = '', last_error_at = NULL, updated_at = %(started)s
WHERE id = %(id)s
"""

# A look for changes that was due before the sweep began would find nothing more.
FINISH_SWEEP = """
UPDATE reviews_googlelocation SET
    sweep_due_at = CASE WHEN sweep_due_at = %(until)s THEN %(next)s ELSE sweep_due_at END,
    swept_at = %(started)s,
    first_fetched_at = coalesce(first_fetched_at, %(started)s),
    changes_fetched_at = greatest(changes_fetched_at, %(started)s),
    changes_due_at = CASE WHEN changes_due_at <= %(started)s THEN %(next_changes)s
        ELSE changes_due_at END,
    average_rating = %(average)s, review_count = coalesce(%(total)s, review_count),
    failure = '', failed_at = NULL, last_error = '', last_error_at = NULL,
    updated_at = %(started)s
WHERE id = %(id)s
"""

SHOW_PROGRESS = """
UPDATE reviews_googlelocation SET review_count = %(total)s, average_rating = %(average)s
WHERE id = %(id)s
"""

POSTPONE = {
    Work.CHANGES: """
UPDATE reviews_googlelocation SET
    changes_due_at = CASE WHEN changes_due_at = %(until)s THEN %(next)s ELSE changes_due_at END,
    last_error = %(error)s, last_error_at = %(now)s, updated_at = %(now)s
WHERE id = %(id)s
""",
    Work.SWEEP: """
UPDATE reviews_googlelocation SET
    sweep_due_at = CASE WHEN sweep_due_at = %(until)s THEN %(next)s ELSE sweep_due_at END,
    last_error = %(error)s, last_error_at = %(now)s, updated_at = %(now)s
WHERE id = %(id)s
""",
}

# The sweep tries a failed location again: soon after it failed, and then more and more seldom.
FAIL = """
UPDATE reviews_googlelocation SET
    sweep_due_at = CASE WHEN sweep_due_at IS NULL THEN NULL
        ELSE %(now)s + least(greatest(%(now)s - coalesce(failed_at, %(now)s), %(shortest)s),
                             %(longest)s) END,
    failed_at = coalesce(failed_at, %(now)s), failure = %(failure)s,
    last_error = %(error)s, last_error_at = %(now)s, updated_at = %(now)s
WHERE id = %(id)s
"""

# Also while a worker has it: what it does not see any more, the next look will.
MAKE_DUE = """
UPDATE reviews_googlelocation SET changes_due_at = least(changes_due_at, %(now)s)
WHERE name = ANY(%(names)s) AND changes_due_at IS NOT NULL
"""

LEASES = {Work.CHANGES: LEASE_CHANGES, Work.SWEEP: LEASE_SWEEP}
FAILURES: Mapping[type[Exception], LocationFailure] = {
    AccessDenied: LocationFailure.FORBIDDEN,
    NotFoundAtGoogle: LocationFailure.GONE,
    LocationUnverified: LocationFailure.UNVERIFIED,
}


def lease(work: Work, *, now: datetime, limit: int) -> list[LeasedLocation]:
    """Lease up to `limit` locations that are due, the longest overdue first."""
    with tenancy.platform(REASON):
        rows = fetch(LEASES[work], now=now, until=now + LEASE, limit=limit)
    return [LeasedLocation(**row) for row in rows]


def renew_sweep(location: LeasedLocation, *, before: datetime, now: datetime) -> datetime | None:
    """Extend the lease of a long sweep. Return the new one, or None if the lease is lost."""
    until = now + LEASE
    values = {"id": location.id, "before": before, "until": until}
    return until if _run(RENEW_SWEEP, **values) else None


def finish_changes(
    location: LeasedLocation,
    *,
    started: datetime,
    is_whole: bool,
    total: int | None,
    average: float | None,
) -> None:
    """Record a look for changes. One that was not whole is soon repeated from where it began."""
    pause = _jittered(CHANGES_EVERY) if is_whole else CHANGES_AGAIN
    _run(
        FINISH_CHANGES,
        id=location.id,
        until=location.until,
        started=started,
        next=started + pause,
        is_whole=is_whole,
        total=total,
        average=average,
        sweep_again=SWEEP_AGAIN,
        lease=LEASE,
    )


def finish_sweep(
    location: LeasedLocation,
    *,
    until: datetime,
    started: datetime,
    is_complete: bool,
    total: int | None,
    average: float | None,
) -> None:
    _run(
        FINISH_SWEEP,
        id=location.id,
        until=until,
        started=started,
        next=started + _jittered(SWEEP_EVERY if is_complete else SWEEP_AGAIN),
        next_changes=started + _jittered(CHANGES_EVERY),
        total=total,
        average=average,
    )


def show_progress(location: LeasedLocation, *, total: int | None, average: float | None) -> None:
    """Store Google's count before the first fetch ends, for the page that shows its progress."""
    _run(SHOW_PROGRESS, id=location.id, total=total, average=average)


def settle_error(
    work: Work, location: LeasedLocation, error: Exception, *, until: datetime, now: datetime
) -> None:
    """Store why the work failed, and when it is tried again."""
    message = (str(error) or type(error).__name__)[:MAX_ERROR]
    if failure := FAILURES.get(type(error)):
        _run(
            FAIL,
            id=location.id,
            failure=failure,
            error=message,
            now=now,
            shortest=10 * FIRST_PAUSE,
            longest=SWEEP_AGAIN,
        )
        return
    pause = _pause(work, location, error)
    values = {"id": location.id, "until": until, "next": now + pause, "now": now}
    _run(POSTPONE[work], error=message, **values)


def make_due(names: list[str], *, now: datetime) -> int:
    """Make the locations with these names due for changes, in whichever workspaces they are."""
    return _run(MAKE_DUE, names=names, now=now)


def _pause(work: Work, location: LeasedLocation, error: Exception) -> timedelta:
    """Return the next pause: twice the one before, which ended when the location was due."""
    pause = FIRST_PAUSE
    if location.last_error_at is not None:
        pause = max(pause, 2 * (location.was_due_at - location.last_error_at))
    if isinstance(error, OverQuota):
        is_long = error.is_unapproved
        pause = max(pause, timedelta(seconds=error.retry_after), CHANGES_EVERY * is_long)
    return _jittered(min(pause, LONGEST_PAUSES[work]))


def _jittered(pause: timedelta) -> timedelta:
    """Return the pause, a little shorter, so that what was due together does not stay together."""
    return pause * uniform(0.9, 1)  # noqa: S311  # no secret


def _run(statement: str, **values: Any) -> int:
    with tenancy.platform(REASON):
        return execute(statement, **values)
