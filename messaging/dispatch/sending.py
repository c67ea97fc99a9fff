"""The pipeline of one worker: batches are claimed ahead, sent side by side and settled together.

No transaction is open while anything is on its way to a provider.
"""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, TypeVar

import structlog
from django.conf import settings
from django.db import DatabaseError, OperationalError, connection
from django.utils import timezone
from redis.exceptions import RedisError

from messaging.channels import Channel, Fate, Outcome, Outgoing
from messaging.channels.email import Email
from messaging.channels.twilio import SMS, WhatsApp
from messaging.dispatch import rates
from messaging.dispatch.claiming import claim
from messaging.dispatch.settling import settle
from messaging.models import Sender
from templates_app import models as texts
from workspaces import tenancy

T = TypeVar("T")
Leased = tuple[Outgoing, datetime]
Results = list[tuple[Outgoing, Outcome]]

log = structlog.get_logger("dispatch")

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
        queue: asyncio.Queue[Leased | None] = asyncio.Queue(maxsize=self.batch)
        results: Results = []
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

    async def _claim(self, sender: Sender, queue: asyncio.Queue[Leased | None]) -> None:
        try:
            await self._claim_batches(sender, queue)
        except (DatabaseError, RedisError) as error:
            # What is on its way must still be settled; the clock wakes the next run.
            log.warning("claim_failed", sender_id=str(sender.pk), error=type(error).__name__)
        for _ in range(settings.DISPATCH_CONCURRENCY):
            await queue.put(None)

    async def _claim_batches(self, sender: Sender, queue: asyncio.Queue[Leased | None]) -> None:
        while time.monotonic() < self.ends:
            granted = await self._db(
                rates.take, sender.pk, rate=float(sender.rate_per_second), want=self.batch
            )
            # Taken before the claim, so never later than what the claim writes down.
            until = timezone.now() + settings.DISPATCH_LEASE
            claimed = await self._db(claim, sender=sender, limit=granted) if granted else []
            if granted > len(claimed):
                await self._db(rates.give_back, sender.pk, granted - len(claimed))
            if not claimed:
                break
            for message in claimed:
                await queue.put((message, until))

    async def _send(
        self, channel: Channel, queue: asyncio.Queue[Leased | None], results: Results
    ) -> None:
        while (leased := await queue.get()) is not None:
            message, until = leased
            results.append((message, await _hand_over(channel, message, until)))
            self.handed_over += 1

    async def _settle(self, workers: list["asyncio.Task[None]"], results: Results) -> None:
        """A database that is away for a moment is waited for: what it is not told is a doubt."""
        patience = time.monotonic() + settings.DISPATCH_LEASE.total_seconds()
        working = True
        while working or results:
            _done, pending = await asyncio.wait(workers, timeout=SETTLE_EVERY)
            working = bool(pending)
            settled = list(results)
            try:
                await self._db(settle, settled)
            except OperationalError:
                if time.monotonic() > patience:
                    raise
                await asyncio.sleep(SETTLE_EVERY)
            else:
                del results[: len(settled)]
                patience = time.monotonic() + settings.DISPATCH_LEASE.total_seconds()

    async def _db(self, act: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.database, lambda: act(*args, **kwargs))


async def _hand_over(channel: Channel, message: Outgoing, until: datetime) -> Outcome:
    """Hangs up when the lease ends: from then on others look for the message, and if the provider
    has none, send it again. Whatever a slow worker did later could reach the patient twice."""
    left = (until - timezone.now()).total_seconds()
    if left <= 0:
        return Outcome(Fate.RETRY, reason="it waited too long for its turn", retry_after=0)
    try:
        async with asyncio.timeout(left):
            return await channel.send(message)
    except TimeoutError:
        return Outcome(Fate.UNKNOWN, reason="no answer before the lease ended")
    except Exception as error:
        # One message that a channel stumbles over must not leave the others in doubt.
        log.exception("send_failed", message_id=str(message.id))
        return Outcome(Fate.UNKNOWN, reason=type(error).__name__)


def _going_senders() -> list[Sender]:
    with tenancy.platform("dispatch"):
        return list(Sender.objects.filter(paused_at=None))


def _hang_up() -> None:
    """`connection` is another one in every thread, so this has to run in the one it closes."""
    connection.close()
