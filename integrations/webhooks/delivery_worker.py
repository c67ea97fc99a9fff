"""One run of a worker: many endpoints side by side, and one request at a time to each.

An endpoint that hangs delays its own queue and takes one of many places. No transaction is open
while a request is under way.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from aiohttp import ClientSession
from aiohttp.abc import AbstractResolver
from django.db import connection
from django.utils import timezone

from integrations.webhooks import delivery_requests, queues
from integrations.webhooks.queues import ClaimedEndpoint

T = TypeVar("T")
Clock = Callable[[], datetime]

MAX_CONCURRENT = 50
POLL_SECONDS = 0.5


def deliver_due_webhooks(
    *,
    seconds: float = 20.0,
    max_concurrent: int = MAX_CONCURRENT,
    clock: Clock = timezone.now,
    resolver: AbstractResolver | None = None,
) -> int:
    """Deliver what is due until nothing is left or the time is up. Return how many were sent."""
    return asyncio.run(_Run(seconds, max_concurrent, clock).run(resolver))


class _Run:
    def __init__(self, seconds: float, max_concurrent: int, clock: Clock) -> None:
        self.ends = time.monotonic() + seconds
        self.max_concurrent = max_concurrent
        self.clock = clock
        self.requests_sent = 0
        self.under_way = 0
        # Set when an endpoint is done, so that its place is filled before the next poll.
        self.endpoint_done = asyncio.Event()
        self.database = ThreadPoolExecutor(1, thread_name_prefix="queues")
        # The loop looks up host names in threads. With a thread for each place, no lookup waits.
        self.names = ThreadPoolExecutor(max_concurrent, thread_name_prefix="names")

    async def run(self, resolver: AbstractResolver | None) -> int:
        asyncio.get_running_loop().set_default_executor(self.names)
        try:
            async with (
                delivery_requests.open_session(
                    max_connections=self.max_concurrent, resolver=resolver
                ) as session,
                asyncio.TaskGroup() as group,
            ):
                while time.monotonic() < self.ends:
                    claimed = await self._claim()
                    for endpoint in claimed:
                        self.under_way += 1
                        group.create_task(self._deliver_queue(session, endpoint))
                    if not claimed and not self.under_way:
                        break
                    await self._wait()
        finally:
            await self._in_database(_close_connection)
            self.database.shutdown()
        return self.requests_sent

    async def _claim(self) -> list[ClaimedEndpoint]:
        free = self.max_concurrent - self.under_way
        if not free:
            return []
        return await self._in_database(queues.claim, limit=free, now=self.clock())

    async def _deliver_queue(self, session: ClientSession, claimed: ClaimedEndpoint) -> None:
        """Deliver the queue of one endpoint in order, for as long as it answers with success."""
        current: ClaimedEndpoint | None = claimed
        try:
            while current:
                if time.monotonic() >= self.ends:
                    await self._in_database(queues.release, current)
                    return
                self.requests_sent += 1
                outcome = await delivery_requests.send(session, current.request, now=self.clock())
                current = await self._in_database(queues.settle, current, outcome, now=self.clock())
        finally:
            self.under_way -= 1
            self.endpoint_done.set()

    async def _wait(self) -> None:
        """Wait until an endpoint is done, or for the next poll: others may have new deliveries."""
        self.endpoint_done.clear()
        try:
            async with asyncio.timeout(POLL_SECONDS):
                await self.endpoint_done.wait()
        except TimeoutError:
            pass

    async def _in_database(self, act: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(
            self.database, partial(act, *args, **kwargs)
        )


def _close_connection() -> None:
    """Close the connection of this thread: `connection` is another one in every thread."""
    connection.close()
