"""The run of one worker: many endpoints side by side, and each of them one call at a time.

An endpoint that hangs holds up its own queue and one place of many. No transaction is open while
anything is on its way.
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
from integrations.webhooks.queues import Held

T = TypeVar("T")
Clock = Callable[[], datetime]

AT_ONCE = 50
LOOK_AGAIN_EVERY = 0.5


def deliver_due_webhooks(
    *,
    seconds: float = 20.0,
    at_once: int = AT_ONCE,
    clock: Clock = timezone.now,
    resolver: AbstractResolver | None = None,
) -> int:
    """Deliver what waits and may go now, until nothing is left or the time is up. How many calls
    were made."""
    return asyncio.run(_Run(seconds, at_once, clock).all(resolver))


class _Run:
    def __init__(self, seconds: float, at_once: int, clock: Clock) -> None:
        self.ends = time.monotonic() + seconds
        self.at_once = at_once
        self.clock = clock
        self.calls = 0
        self.under_way = 0
        # A place was free, or all is done: no reason to wait for the next look.
        self.news = asyncio.Event()
        self.database = ThreadPoolExecutor(1, thread_name_prefix="queues")
        # Names are looked up in threads of the loop: a slow one must not make others wait.
        self.names = ThreadPoolExecutor(at_once, thread_name_prefix="names")

    async def all(self, resolver: AbstractResolver | None) -> int:
        asyncio.get_running_loop().set_default_executor(self.names)
        try:
            async with (
                delivery_requests.line(at_once=self.at_once, resolver=resolver) as session,
                asyncio.TaskGroup() as group,
            ):
                while time.monotonic() < self.ends:
                    claimed = await self._claim()
                    for held in claimed:
                        self.under_way += 1
                        group.create_task(self._empty(session, held))
                    if not claimed and not self.under_way:
                        break
                    await self._rest()
        finally:
            await self._in_database(_hang_up)
            self.database.shutdown()
        return self.calls

    async def _claim(self) -> list[Held]:
        free = self.at_once - self.under_way
        if not free:
            return []
        return await self._in_database(queues.claim, limit=free, now=self.clock())

    async def _empty(self, session: ClientSession, held: Held) -> None:
        """One endpoint's queue, in order, as long as it answers well."""
        going: Held | None = held
        try:
            while going:
                if time.monotonic() >= self.ends:
                    await self._in_database(queues.release, going)
                    return
                self.calls += 1
                outcome = await delivery_requests.make(session, going.call, now=self.clock())
                going = await self._in_database(queues.settle, going, outcome, now=self.clock())
        finally:
            self.under_way -= 1
            self.news.set()

    async def _rest(self) -> None:
        """While one is waited for, others may have been told something."""
        self.news.clear()
        try:
            async with asyncio.timeout(LOOK_AGAIN_EVERY):
                await self.news.wait()
        except TimeoutError:
            pass

    async def _in_database(self, act: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(
            self.database, partial(act, *args, **kwargs)
        )


def _hang_up() -> None:
    """`connection` is another one in every thread, so this has to run in the one it closes."""
    connection.close()
