"""The pipeline of one worker: batches are claimed ahead, sent side by side and settled together.

No transaction is open while anything is on its way to a provider.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DatabaseError, OperationalError, connection
from django.utils import timezone
from redis.exceptions import RedisError

from core import tenancy
from messaging.channels import ChannelClient, OutgoingMessage, SendOutcome, SendResult
from messaging.channels.email import EmailChannel
from messaging.channels.twilio import SmsChannel, WhatsAppChannel
from messaging.dispatch import pausing, rates
from messaging.dispatch.claiming import claim_batch
from messaging.dispatch.settling import settle_batch
from messaging.models import Sender
from templates_app import models as texts

T = TypeVar("T")
Results = list[tuple[OutgoingMessage, SendOutcome]]

log = structlog.get_logger("dispatch")

# As many are claimed at a time as leave in this time, for each claim costs the same few
# milliseconds: who comes new waits behind no more than these.
AHEAD = 0.1
BATCH = 64
LARGEST_BATCH = 256
SETTLE_EVERY = 0.05
LOOK_AGAIN_EVERY = 1.0
# In seconds, for a single message such as a sign-in code, which somebody is waiting for.
WAIT_FOR_RATE = 5.0
CHANNELS: dict[str, Callable[..., ChannelClient]] = {
    texts.Channel.SMS: SmsChannel,
    texts.Channel.WHATSAPP: WhatsAppChannel,
    texts.Channel.EMAIL: EmailChannel,
}


async def send_one(sender: Sender, message: OutgoingMessage) -> SendOutcome:
    """Send a message that is no patient's, such as a test or a code, within the sender's rate."""
    if not await _wait_for_rate(sender):
        return SendOutcome(SendResult.RETRY)
    channel = CHANNELS[sender.channel](connections=1)
    try:
        return await channel.send(message)
    except Exception:
        log.exception("message_failed", channel=sender.channel)
        return SendOutcome(SendResult.UNKNOWN)
    finally:
        await channel.close()


async def _wait_for_rate(sender: Sender) -> bool:
    """Wait for a place within the sender's rate. Return False when it stays used up by asks."""
    deadline = time.monotonic() + WAIT_FOR_RATE
    while not rates.take(sender.pk, rate=float(sender.rate_per_second), want=1):
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.1)
    return True


def run_dispatch(*, seconds: float = 20.0, batch: int = BATCH) -> int:
    """Send what is due, until nothing is left or the time is up. How many were handed over."""
    return asyncio.run(_Run(seconds, batch).all())


@dataclass(order=True)
class Leased:
    """A claimed message in the queue, where whoever had least in this run is first."""

    turn: int
    number: int
    message: OutgoingMessage = field(compare=False)
    until: datetime = field(compare=False)


Queue = asyncio.PriorityQueue[Leased]


class _Run:
    def __init__(self, seconds: float, batch: int) -> None:
        self.ends = time.monotonic() + seconds
        self.batch = batch
        self.handed_over = 0
        # Looks for messages and messages themselves; with none of either the run is over.
        self.under_way = 0
        self.all_done = asyncio.Event()
        # A thread, and so a connection, for each: what was sent is written down while more is
        # claimed.
        self.claims = ThreadPoolExecutor(1, thread_name_prefix="claims")
        self.settlements = ThreadPoolExecutor(1, thread_name_prefix="settlements")

    async def all(self) -> int:
        try:
            senders = await _in(self.claims, _senders_to_run)
            await asyncio.gather(*(self._through(sender) for sender in senders))
        finally:
            for thread in (self.claims, self.settlements):
                await _in(thread, _hang_up)
                thread.shutdown()
        return self.handed_over

    async def _through(self, sender: Sender) -> None:
        """One sender's messages. Few are in the queue at a time, so leases do not lapse."""
        channel = CHANNELS[sender.channel](connections=settings.DISPATCH_CONCURRENCY)
        queue: Queue = asyncio.PriorityQueue(maxsize=2 * self.batch)
        results: Results = []
        all_sent = asyncio.Event()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._settle(results, all_sent))
                sending = [
                    group.create_task(self._send(channel, queue, results))
                    for _ in range(settings.DISPATCH_CONCURRENCY)
                ]
                await self._claim(sender, queue)
                await queue.join()
                all_sent.set()
                for task in sending:
                    task.cancel()
        finally:
            await channel.close()

    async def _claim(self, sender: Sender, queue: Queue) -> None:
        had: Counter[UUID] = Counter()
        batch, probing = self.batch, sender.paused_at is not None
        try:
            while time.monotonic() < self.ends and not self.all_done.is_set():
                begun, waited = time.monotonic(), queue.qsize()
                claimed, until = await self._claim_batch(sender, 1 if probing else batch)
                for number, message in enumerate(claimed):
                    had[message.workspace_id] += 1
                    turn = had[message.workspace_id]
                    await queue.put(Leased(turn, number, message, until))
                if probing:
                    return
                if not claimed:
                    await self._rest()
                left = waited + len(claimed) - queue.qsize()
                pace = left / (time.monotonic() - begun)
                batch = min(LARGEST_BATCH, max(self.batch, int(pace * AHEAD)))
        except (DatabaseError, RedisError) as error:
            # What is on its way must still be settled; the clock wakes the next run.
            log.warning("claim_failed", sender_id=str(sender.pk), error=type(error).__name__)

    async def _claim_batch(
        self, sender: Sender, batch: int
    ) -> tuple[list[OutgoingMessage], datetime]:
        with self._looking():
            rate = float(sender.rate_per_second)
            granted = await _in(self.claims, rates.take, sender.pk, rate=rate, want=batch)
            # Taken before the claim, so never later than what the claim writes down.
            until = timezone.now() + settings.DISPATCH_LEASE
            claimed = await _in(self.claims, self._claim_granted, sender, granted)
            if granted > len(claimed):
                await _in(self.claims, rates.give_back, sender.pk, granted - len(claimed))
            self.under_way += len(claimed)
        return claimed, until

    def _claim_granted(self, sender: Sender, granted: int) -> list[OutgoingMessage]:
        if not granted:
            return []
        return claim_batch(sender=sender, limit=granted, probing=sender.paused_at is not None)

    async def _rest(self) -> None:
        """While others are busy, a run must not leave a sender alone that had nothing before."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_AGAIN_EVERY):
                await self.all_done.wait()

    async def _send(self, channel: ChannelClient, queue: Queue, results: Results) -> None:
        while True:
            leased = await queue.get()
            outcome = await _hand_over(channel, leased.message, leased.until)
            results.append((leased.message, outcome))
            self.handed_over += 1
            self._done_with_one()
            queue.task_done()

    async def _settle(self, results: Results, all_sent: asyncio.Event) -> None:
        """A database that is away for a moment is waited for: what it is not told is a doubt."""
        patience = time.monotonic() + settings.DISPATCH_LEASE.total_seconds()
        while results or not all_sent.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(SETTLE_EVERY):
                    await all_sent.wait()
            if not (settled := list(results)):
                continue
            try:
                await _in(self.settlements, settle_batch, settled)
            except OperationalError:
                if time.monotonic() > patience:
                    raise
                await asyncio.sleep(SETTLE_EVERY)
            else:
                del results[: len(settled)]
                patience = time.monotonic() + settings.DISPATCH_LEASE.total_seconds()

    @contextmanager
    def _looking(self) -> Iterator[None]:
        self.under_way += 1
        try:
            yield
        finally:
            self._done_with_one()

    def _done_with_one(self) -> None:
        self.under_way -= 1
        if not self.under_way:
            self.all_done.set()


async def _in(thread: Executor, act: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    return await asyncio.get_running_loop().run_in_executor(thread, partial(act, *args, **kwargs))


async def _hand_over(
    channel: ChannelClient, message: OutgoingMessage, until: datetime
) -> SendOutcome:
    """Hangs up when the lease ends: from then on others look for the message, and if the provider
    has none, send it again. Whatever a slow worker did later could reach the patient twice."""
    left = (until - timezone.now()).total_seconds()
    if left <= 0:
        return SendOutcome(
            SendResult.RETRY, reason="it waited too long for its turn", retry_after=0
        )
    try:
        async with asyncio.timeout(left):
            return await channel.send(message)
    except TimeoutError:
        return SendOutcome(SendResult.UNKNOWN, reason="no answer before the lease ended")
    except Exception as error:
        # One message that a channel stumbles over must not leave the others in doubt.
        log.exception("send_failed", message_id=str(message.id))
        return SendOutcome(SendResult.UNKNOWN, reason=type(error).__name__)


def _senders_to_run() -> list[Sender]:
    """Every sender that is not paused, and the paused ones whose next probe is due."""
    with tenancy.platform("dispatch"):
        return [*Sender.objects.filter(paused_at=None), *pausing.take_due_probes()]


def _hang_up() -> None:
    """`connection` is another one in every thread, so this has to run in the one it closes."""
    connection.close()
