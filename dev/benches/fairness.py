"""Measure how soon few messages of a clinic leave, alone and beside very much other work.

The other work is a clinic with very many messages, or a backlog of comments that must be labelled.
"""

import time
from statistics import median

from celery import Celery
from django.core.management.base import CommandParser
from django.db.models import Max
from django.utils import timezone

from core import tenancy
from dev.benches import Case, labelling, world
from dev.benches.database import own_database
from dev.benches.working import broker, sink, ticking, wait_until, wake, worker
from messaging.models import Message, Sender

FEW = 10
LATENCY_MS = 100
# The rate of the sender, so low that the other clinic's messages take long.
SLOW = 2
# The few are added after this time, while the many are being sent.
FLOW = 2.0


def arguments(parser: CommandParser) -> None:
    parser.add_argument(
        "--many",
        type=int,
        default=100_000,
        help="of the other clinic, or 0 to leave this out (100000)",
    )
    parser.add_argument("--rounds", type=int, default=3, help="of each (3)")
    parser.add_argument(
        "--comments", type=int, default=5_000, help="to label; 0: none of this (5000)"
    )
    parser.add_argument("--seconds", type=int, default=40, help="of asks beside them (40)")


def run(*, many: int, rounds: int, comments: int, seconds: int) -> list[Case]:
    """Return the cases of both. Each has its own database, and either can be left out."""
    return [
        *(_beside_messages(many=many, rounds=rounds) if many else []),
        *(labelling.measure(unread=comments, seconds=seconds) if comments else []),
    ]


def _beside_messages(*, many: int, rounds: int) -> list[Case]:
    with own_database("fairness") as servers, sink(latency_ms=LATENCY_MS) as twilio:
        clinics = Clinics(world.shared_sender(), broker(servers))
        with worker({**servers, **twilio}), ticking(clinics.clock):
            clinics.serve_few()
            alone = {rate: clinics.serve(rate, rounds) for rate in (SLOW, world.FASTEST)}
            world.waiting_messages(many, [clinics.crowded])
            beside = {rate: clinics.serve(rate, rounds) for rate in (SLOW, world.FASTEST)}
            clinics.stop()
    return [
        Case(name, beside[rate], alone[rate], "seconds until 10 have left", at_most=1.5)
        for name, rate in ((f"{SLOW} messages/s", SLOW), ("full speed", world.FASTEST))
    ]


class Clinics:
    def __init__(self, sender: Sender, clock: Celery) -> None:
        self.sender = sender
        self.clock = clock
        [self.crowded] = world.running_campaigns(1)

    def serve(self, rate: int, rounds: int) -> float:
        with tenancy.platform("bench"):
            Sender.objects.update(rate_per_second=rate)
        return median(self.serve_few() for _ in range(rounds))

    def serve_few(self) -> float:
        """Create a clinic that has sent nothing lately: one that has must wait for others."""
        [quiet] = world.running_campaigns(1)
        time.sleep(FLOW)
        messages = world.waiting_messages(FEW, [quiet])
        since = timezone.now()
        wake(self.clock)
        wait_until(lambda: not world.has_unsettled([quiet]))
        with tenancy.platform("bench"):
            left = Message.objects.filter(pk__in=messages).aggregate(at=Max("sent_at"))["at"]
        return float((left - since).total_seconds())

    def stop(self) -> None:
        with tenancy.platform("bench"):
            Sender.objects.update(paused_at=timezone.now())
