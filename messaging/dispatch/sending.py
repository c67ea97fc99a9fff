"""Run the pipeline of one worker: claim batches ahead, send concurrently, settle in batches.

No transaction is open while a message is on its way to a provider.
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

# A batch is as large as what is sent in this many seconds. Larger batches make claims rarer, but a
# new message waits behind the whole batch.
AHEAD = 0.1
BATCH = 64
MAX_BATCH = 256
SETTLE_EVERY = 0.05
LOOK_AGAIN_EVERY = 1.0
# In seconds, for a single message that a person is waiting for, such as a code.
WAIT_FOR_RATE = 5.0
CHANNELS: dict[str, Callable[..., ChannelClient]] = {
    texts.Channel.SMS: SmsChannel,
    texts.Channel.WHATSAPP: WhatsAppChannel,
    texts.Channel.EMAIL: EmailChannel,
}


async def send_one(sender: Sender, message: OutgoingMessage) -> SendOutcome:
    """Send a message that is not for a patient, such as a test or a code, within the rate."""
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
    """Wait until the sender's rate allows a message. Return False if it does not in time."""
    deadline = time.monotonic() + WAIT_FOR_RATE
    while not rates.take_tokens(sender.pk, rate=float(sender.rate_per_second), want=1):
        if time.monotonic() > deadline:
            return False
        await asyncio.sleep(0.1)
    return True


def run_dispatch(*, seconds: float = 20.0, batch: int = BATCH) -> int:
    """Send what is due until nothing is left or the time is up. Return how many were sent."""
    return asyncio.run(_Run(seconds, batch).run())


@dataclass(order=True)
class Leased:
    """A claimed message in the queue, sorted so that the workspaces take turns."""

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
        # Claims and messages in progress. When there are none, the run is over.
        self.in_progress = 0
        self.all_done = asyncio.Event()
        # Two threads, because each has its own database connection: a batch can be settled while
        # another is claimed.
        self.claims = ThreadPoolExecutor(1, thread_name_prefix="claims")
        self.settlements = ThreadPoolExecutor(1, thread_name_prefix="settlements")

    async def run(self) -> int:
        try:
            senders = await _in(self.claims, _senders_to_run)
            await asyncio.gather(*(self._run_sender(sender) for sender in senders))
        finally:
            for thread in (self.claims, self.settlements):
                await _in(thread, _close_connection)
                thread.shutdown()
        return self.handed_over

    async def _run_sender(self, sender: Sender) -> None:
        """Send one sender's messages. The queue is short, so that leases do not expire in it."""
        channel = CHANNELS[sender.channel](connections=settings.DISPATCH_CONCURRENCY)
        queue: Queue = asyncio.PriorityQueue(maxsize=2 * self.batch)
        results: Results = []
        all_sent = asyncio.Event()
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._settle_all(results, all_sent))
                sending = [
                    group.create_task(self._send_all(channel, queue, results))
                    for _ in range(settings.DISPATCH_CONCURRENCY)
                ]
                await self._claim_all(sender, queue)
                await queue.join()
                all_sent.set()
                for task in sending:
                    task.cancel()
        finally:
            await channel.close()

    async def _claim_all(self, sender: Sender, queue: Queue) -> None:
        """Claim batch after batch into the queue, sized by how fast they are sent."""
        had: Counter[UUID] = Counter()
        batch, probing = self.batch, sender.paused_at is not None
        try:
            while time.monotonic() < self.ends and not self.all_done.is_set():
                started_at, queued_before = time.monotonic(), queue.qsize()
                claimed, until = await self._claim_batch(sender, 1 if probing else batch)
                for number, message in enumerate(claimed):
                    had[message.workspace_id] += 1
                    turn = had[message.workspace_id]
                    await queue.put(Leased(turn, number, message, until))
                if probing:
                    return
                if not claimed:
                    await self._wait_for_work()
                sent = queued_before + len(claimed) - queue.qsize()
                per_second = sent / (time.monotonic() - started_at)
                batch = min(MAX_BATCH, max(self.batch, int(per_second * AHEAD)))
        except (DatabaseError, RedisError) as error:
            # Stop claiming, but settle what is on its way. The schedule starts the next run.
            log.warning("claim_failed", sender_id=str(sender.pk), error=type(error).__name__)

    async def _claim_batch(
        self, sender: Sender, batch: int
    ) -> tuple[list[OutgoingMessage], datetime]:
        with self._count_as_work():
            rate = float(sender.rate_per_second)
            granted = await _in(self.claims, rates.take_tokens, sender.pk, rate=rate, want=batch)
            # Computed before the claim, so it is never later than the lease in the database.
            until = timezone.now() + settings.DISPATCH_LEASE
            claimed = await _in(self.claims, self._claim_granted, sender, granted)
            if granted > len(claimed):
                await _in(self.claims, rates.give_back_tokens, sender.pk, granted - len(claimed))
            self.in_progress += len(claimed)
        return claimed, until

    def _claim_granted(self, sender: Sender, granted: int) -> list[OutgoingMessage]:
        if not granted:
            return []
        return claim_batch(sender=sender, limit=granted, probing=sender.paused_at is not None)

    async def _wait_for_work(self) -> None:
        """Wait before the next claim. New messages may come while other senders are still busy."""
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_AGAIN_EVERY):
                await self.all_done.wait()

    async def _send_all(self, channel: ChannelClient, queue: Queue, results: Results) -> None:
        while True:
            leased = await queue.get()
            outcome = await _hand_over(channel, leased.message, leased.until)
            results.append((leased.message, outcome))
            self.handed_over += 1
            self._finish_one()
            queue.task_done()

    async def _settle_all(self, results: Results, all_sent: asyncio.Event) -> None:
        """Store the results every few milliseconds. Wait for a database that is away for a moment:

        results that are never stored leave their messages UNKNOWN, for the sweeper to resolve.
        """
        give_up_at = time.monotonic() + settings.DISPATCH_LEASE.total_seconds()
        while results or not all_sent.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(SETTLE_EVERY):
                    await all_sent.wait()
            if not (settled := list(results)):
                continue
            try:
                await _in(self.settlements, settle_batch, settled)
            except OperationalError:
                if time.monotonic() > give_up_at:
                    raise
                await asyncio.sleep(SETTLE_EVERY)
            else:
                del results[: len(settled)]
                give_up_at = time.monotonic() + settings.DISPATCH_LEASE.total_seconds()

    @contextmanager
    def _count_as_work(self) -> Iterator[None]:
        self.in_progress += 1
        try:
            yield
        finally:
            self._finish_one()

    def _finish_one(self) -> None:
        self.in_progress -= 1
        if not self.in_progress:
            self.all_done.set()


async def _in(thread: Executor, act: Callable[..., T], *args: Any, **kwargs: Any) -> T:
    return await asyncio.get_running_loop().run_in_executor(thread, partial(act, *args, **kwargs))


async def _hand_over(
    channel: ChannelClient, message: OutgoingMessage, until: datetime
) -> SendOutcome:
    """Send one message, and cancel the request when the lease ends.

    From then on the sweeper looks for the message, and sends it again if the provider does not have
    it. A request that went on would reach the patient a second time.
    """
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
        # An error about one message must not end the run, which would leave all others UNKNOWN.
        log.exception("send_failed", message_id=str(message.id))
        return SendOutcome(SendResult.UNKNOWN, reason=type(error).__name__)


def _senders_to_run() -> list[Sender]:
    """Return the senders that are not paused, and the paused ones that may probe now."""
    with tenancy.platform("dispatch"):
        return [*Sender.objects.filter(paused_at=None), *pausing.take_due_probes()]


def _close_connection() -> None:
    """Close this thread's connection; each thread has its own."""
    connection.close()
