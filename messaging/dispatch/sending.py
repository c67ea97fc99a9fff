"""The pipeline of one worker: batches are claimed ahead, sent side by side and settled together.

No transaction is open while anything is on its way to a provider.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from django.conf import settings
from django.db import connection

from messaging.channels import Channel, Outcome, Outgoing
from messaging.channels.email import Email
from messaging.channels.twilio import SMS, WhatsApp
from messaging.dispatch import rates
from messaging.dispatch.claiming import claim
from messaging.dispatch.settling import settle
from messaging.models import Sender
from templates_app import models as texts
from workspaces import tenancy

T = TypeVar("T")

BATCH = 200
SETTLE_EVERY = 0.2
CHANNELS: dict[str, Callable[..., Channel]] = {
    texts.Channel.SMS: SMS,
    texts.Channel.WHATSAPP: WhatsApp,
    texts.Channel.EMAIL: Email,
}


def run(*, seconds: float = 20.0, batch: int = BATCH) -> int:
    """Send what is due, until nothing is left or the time is up. How many were handed over."""
    return asyncio.run(_Run(seconds, batch).all())


class _Run:
    def __init__(self, seconds: float, batch: int) -> None:
        self.ends = time.monotonic() + seconds
        self.batch = batch
        self.handed_over = 0
        # Django's connection belongs to a thread: all of this run's database work is done by one.
        self.database = ThreadPoolExecutor(1, thread_name_prefix="dispatch-db")

    async def all(self) -> int:
        try:
            senders = await self._db(_going_senders)
            await asyncio.gather(*(self._through(sender) for sender in senders))
        finally:
            await self._db(_hang_up)
            self.database.shutdown()
        return self.handed_over

    async def _through(self, sender: Sender) -> None:
        """One sender's messages. The queue is never longer than a batch, so leases do not lapse."""
        channel = CHANNELS[sender.channel](connections=settings.DISPATCH_CONCURRENCY)
        queue: asyncio.Queue[Outgoing | None] = asyncio.Queue(maxsize=self.batch)
        results: list[tuple[Outgoing, Outcome]] = []
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._claim(sender, queue))
                workers = [
                    group.create_task(self._send(channel, queue, results))
                    for _ in range(settings.DISPATCH_CONCURRENCY)
                ]
                group.create_task(self._settle(workers, results))
        finally:
            await channel.close()

    async def _claim(self, sender: Sender, queue: asyncio.Queue[Outgoing | None]) -> None:
        while time.monotonic() < self.ends:
            granted = await self._db(
                rates.take, sender.pk, rate=float(sender.rate_per_second), want=self.batch
            )
            claimed = await self._db(claim, sender=sender, limit=granted) if granted else []
            if granted > len(claimed):
                await self._db(rates.give_back, sender.pk, granted - len(claimed))
            if not claimed:
                break
            for message in claimed:
                await queue.put(message)
        for _ in range(settings.DISPATCH_CONCURRENCY):
            await queue.put(None)

    async def _send(
        self,
        channel: Channel,
        queue: asyncio.Queue[Outgoing | None],
        results: list[tuple[Outgoing, Outcome]],
    ) -> None:
        while (message := await queue.get()) is not None:
            results.append((message, await channel.send(message)))
            self.handed_over += 1

    async def _settle(
        self, workers: list["asyncio.Task[None]"], results: list[tuple[Outgoing, Outcome]]
    ) -> None:
        working = True
        while working:
            _done, pending = await asyncio.wait(workers, timeout=SETTLE_EVERY)
            working = bool(pending)
            if results:
                settled, results[:] = list(results), []
                await self._db(settle, settled)

    async def _db(self, act: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.database, lambda: act(*args, **kwargs))


def _going_senders() -> list[Sender]:
    with tenancy.platform("dispatch"):
        return list(Sender.objects.filter(paused_at=None))


def _hang_up() -> None:
    """`connection` is another one in every thread, so this has to run in the one it closes."""
    connection.close()
