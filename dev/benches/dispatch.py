"""Messages sent and settled per second, beside a bare loop and a task for each message."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median
from uuid import UUID

from django.conf import settings
from django.core.management.base import CommandParser

from core import sql, tenancy
from dev.benches import Case, one_task_each, world
from dev.benches.database import own_database
from dev.benches.working import broker, sink, wait_until, wake_until, worker

CLINICS = 20
SLOW_MS = 100
UNIT = "messages/s"

# Woken again only when a run's time is up: a wake-up too many would meddle with the next side.
ONE_RUN = 19.5

# A task settles its message alone: the first and the last tell the pace without the start-up.
PACE = """
SELECT (count(*) - 1) / extract(epoch FROM max(sent_at) - min(sent_at)) AS pace
FROM messaging_message WHERE id = ANY(%(ids)s)
"""

# What claims paid: once for each clinic of a batch, and not once for each message.
PAID = """
SELECT count(*) AS debits, -sum(amount) AS messages
FROM billing_creditentry WHERE starts_with(cause, 'claim:')
"""


@dataclass(frozen=True)
class Paces:
    ours: float
    bare: float
    obvious: float


def arguments(parser: CommandParser) -> None:
    parser.add_argument("--messages", type=int, default=20_000, help="ours without latency (20000)")
    parser.add_argument("--rounds", type=int, default=3, help="of all sides in turns (3)")


def run(*, messages: int, rounds: int) -> list[Case]:
    each = -(-messages // rounds)
    with own_database("dispatch") as servers:
        world.shared_sender()
        race = Race(servers, world.running_campaigns(CLINICS))
        fast = race.run(rounds, latency_ms=0, many=each, few=max(2, each // 20))
        slow = race.run(rounds, latency_ms=SLOW_MS, many=max(2, each // 2), few=max(2, each // 100))
        world.check_that_each_was_sent_once(race.sent)
        with tenancy.platform("bench"):
            (paid,) = sql.fetch(PAID)
    ceiling = settings.DISPATCH_CONCURRENCY * 1000 / SLOW_MS
    return [
        Case("0 ms vs bare loop", fast.ours, fast.bare, UNIT, at_least=0.35),
        Case("0 ms vs one task per message", fast.ours, fast.obvious, UNIT, at_least=5),
        Case("100 ms vs concurrency/latency", slow.ours, ceiling, UNIT, at_least=0.8),
        Case("100 ms vs bare loop", slow.ours, slow.bare, UNIT),
        Case("100 ms vs one task per message", slow.ours, slow.obvious, UNIT, at_least=5),
        Case("debits vs messages", paid["debits"], paid["messages"], "entries", at_most=0.5),
    ]


class Race:
    """Three ways out for the same messages, one after the other, on the same servers."""

    def __init__(self, servers: Mapping[str, str], campaigns: list[UUID]) -> None:
        self.servers = {**servers, "DISPATCH_CONCURRENCY": str(settings.DISPATCH_CONCURRENCY)}
        self.campaigns = campaigns
        self.clock = broker(servers)
        self.sent = 0

    def run(self, rounds: int, *, latency_ms: int, many: int, few: int) -> Paces:
        """The two fast ones in turns; the slow one once, for it takes long and is far behind."""
        ours, bare = [], []
        with sink(latency_ms=latency_ms) as twilio:
            environment = {**self.servers, **twilio}
            with worker(environment):
                self._ours(few)
                for _ in range(rounds):
                    bare.append(self._bare(many, environment))
                    ours.append(self._ours(many))
            obvious = self._obvious(few, environment)
        return Paces(median(ours), median(bare), obvious)

    def _ours(self, number: int) -> float:
        self._line_up(number)
        return number / wake_until(self._is_done, self.clock, every=ONE_RUN)

    def _bare(self, number: int, environment: Mapping[str, str]) -> float:
        self._line_up(number)
        output = subprocess.check_output(
            [sys.executable, "-m", "dev.benches.bare_loop"], env=environment, text=True
        )
        return number / float(output)

    def _obvious(self, number: int, environment: Mapping[str, str]) -> float:
        ids = self._line_up(number)
        for message in ids:
            self.clock.send_task(one_task_each.TASK, [str(message)], queue=one_task_each.QUEUE)
        options = ["--include", one_task_each.__name__, "--prefetch-multiplier", "4"]
        with worker(environment, *options, queue=one_task_each.QUEUE):
            wait_until(self._is_done)
        with tenancy.platform("bench"):
            return float(sql.fetch(PACE, ids=ids)[0]["pace"])

    def _line_up(self, number: int) -> list[UUID]:
        self.sent += number
        return world.waiting_messages(number, self.campaigns)

    def _is_done(self) -> bool:
        return not world.has_unsettled(self.campaigns)
