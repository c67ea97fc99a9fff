"""Measure the peak memory of a sending worker, with few and with very many due messages."""

import re
from collections.abc import Mapping
from pathlib import Path
from uuid import UUID

from django.core.management.base import CommandParser

from dev.benches import Case, world
from dev.benches.database import own_database
from dev.benches.working import broker, sink, ticking, wait_until, worker

CLINICS = 20
# Sent before the measurement: what a worker loads once does not count as growth.
WARM_UP = 200
MB = 1024


def arguments(parser: CommandParser) -> None:
    parser.add_argument("--few", type=int, default=1_000, help="due at first (1000)")
    parser.add_argument("--messages", type=int, default=100_000, help="due afterwards (100000)")


def run(*, few: int, messages: int) -> list[Case]:
    with own_database("memory") as servers, sink(latency_ms=0) as twilio:
        world.shared_sender()
        campaigns = world.running_campaigns(CLINICS)
        environment = {**servers, **twilio}
        peaks = {number: _peak(number, campaigns, environment) for number in (few, messages)}
        world.check_that_each_was_sent_once(few + messages + 2 * WARM_UP)
    return [
        Case(
            f"{messages:,} messages beside {few:,}",
            peaks[messages],
            peaks[few],
            "MB at most",
            at_most=1.2,
        )
    ]


def _peak(number: int, campaigns: list[UUID], environment: Mapping[str, str]) -> float:
    """Measure a new process, whose peak starts at zero."""
    clock = broker(environment)
    with worker(environment) as sender, ticking(clock):
        for due in (WARM_UP, number):
            world.waiting_messages(due, campaigns)
            wait_until(lambda: not world.has_unsettled(campaigns), patience=600)
        return most_taken(sender.pid)


def most_taken(process: int) -> float:
    """Return the most MB that this process or one of its children ever took."""
    return max(map(_peak_of, _with_children(process)))


def _with_children(process: int) -> list[int]:
    children = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    return [process, *map(int, children)]


def _peak_of(process: int) -> float:
    """Read the peak from the kernel, which misses no moment."""
    status = Path(f"/proc/{process}/status").read_text()
    peak = re.search(r"^VmHWM:\s+(\d+) kB$", status, re.MULTILINE)
    assert peak
    return int(peak[1]) / MB
