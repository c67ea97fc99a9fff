"""One run of a worker: several locations side by side, until nothing is due or the time is up."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from asgiref.sync import async_to_sync
from django.utils import timezone

from reviews.google import open_session
from reviews.google_errors import AccessLost, GoogleError, GoogleUnavailable, OverQuota
from reviews.sync import due
from reviews.sync.access import Access, in_database, note_error, note_success
from reviews.sync.due import LeasedLocation, Work

log = structlog.get_logger("google")

Clock = Callable[[], datetime]
SIDE_BY_SIDE = 8
SECONDS_A_RUN = 20.0
POLL_SECONDS = 0.5
# Google is away if so many locations in a row find it so. The others wait for the next run.
MOST_UNAVAILABLE = 5


@dataclass
class Visit:
    """The work on one leased location: its access, and its lease while that is extended."""

    location: LeasedLocation
    access: Access
    clock: Clock
    until: datetime


@dataclass
class RunResult:
    locations: int = 0
    failed: int = 0
    requests: int = 0


Handle = Callable[[Visit], Awaitable[None]]


def run(
    work: Work,
    handle: Handle,
    *,
    seconds: float = SECONDS_A_RUN,
    side_by_side: int = SIDE_BY_SIDE,
    clock: Clock = timezone.now,
) -> RunResult:
    """Lease locations and handle them. What has begun is ended, also when the time is up."""
    return async_to_sync(_Run(work, handle, clock).until)(time.monotonic() + seconds, side_by_side)


@dataclass
class _Run:
    work: Work
    handle: Handle
    clock: Clock
    result: RunResult = field(default_factory=RunResult)
    unavailable: int = 0
    is_stopped: bool = False

    async def until(self, ends: float, side_by_side: int) -> RunResult:
        tasks: set[asyncio.Task[None]] = set()
        async with open_session() as session:
            while time.monotonic() < ends and not self.is_stopped:
                for location in await self._lease(side_by_side - len(tasks)):
                    access = Access(location.connection_id, session)
                    visit = Visit(location, access, self.clock, location.until)
                    tasks.add(asyncio.create_task(self._visit(visit)))
                if not tasks:
                    break
                _done, tasks = await asyncio.wait(
                    tasks, timeout=POLL_SECONDS, return_when=asyncio.FIRST_COMPLETED
                )
            await asyncio.gather(*tasks)
        return self.result

    async def _lease(self, limit: int) -> list[LeasedLocation]:
        if not limit:
            return []
        return await in_database(due.lease, self.work, now=self.clock(), limit=limit)

    async def _visit(self, visit: Visit) -> None:
        """Handle a location. A failure of one must not end the work on the others."""
        self.result.locations += 1
        try:
            await self.handle(visit)
            self.unavailable = 0
            await in_database(note_success, visit.location.connection_id)
        except GoogleError as error:
            await self._settle_error(visit, error)
        except Exception as error:
            log.exception("google_location_failed", location_id=str(visit.location.id))
            await self._settle_error(visit, error)
        finally:
            self.result.requests += visit.access.requests

    async def _settle_error(self, visit: Visit, error: Exception) -> None:
        self.result.failed += 1
        self.unavailable += isinstance(error, GoogleUnavailable)
        # A quota is everybody's, so the next location would find the same.
        if isinstance(error, OverQuota) or self.unavailable >= MOST_UNAVAILABLE:
            self.is_stopped = True
        if isinstance(error, GoogleError):
            await in_database(note_error, visit.location.connection_id, error)
        level = log.info if isinstance(error, AccessLost) else log.warning
        level(
            "google_not_fetched",
            location_id=str(visit.location.id),
            work=str(self.work),
            error=type(error).__name__,
        )
        await in_database(
            due.settle_error,
            self.work,
            visit.location,
            error,
            until=visit.until,
            now=self.clock(),
        )
