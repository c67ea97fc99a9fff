"""Run all attacks at the same time, and measure the service of an uninvolved clinic."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from statistics import median
from threading import Event
from typing import TypeVar

from django.db import connection

from tests.attacks.bystander import Bystander
from tests.attacks.hostile_lists import attack_with_lists
from tests.attacks.hostile_replies import attack_with_replies
from tests.attacks.invitation_flood import attack_with_invitations
from tests.attacks.pausing_numbers import attack_with_numbers
from tests.attacks.product import Product
from tests.attacks.results import AttackResult
from tests.attacks.slow_sockets import attack_with_sockets
from tests.attacks.trial_abuse import attack_from_a_trial

T = TypeVar("T")
Attack = Callable[[Product, Event], Sequence[AttackResult]]

ATTACKS: Mapping[str, Attack] = {
    "lists": attack_with_lists,
    "replies": attack_with_replies,
    "numbers": attack_with_numbers,
    "trial": attack_from_a_trial,
    "invitations": attack_with_invitations,
    "sockets": attack_with_sockets,
}

BATCH = 100
ROUNDS = 3
MAX_SLOWDOWN = 1.5
MAX_SECONDS_FOR_A_STOP = 5.0


def attack(product: Product, *, seconds: float, only: Collection[str] = ()) -> list[AttackResult]:
    """Return a result for each attack and two for the uninvolved clinic."""
    bystander = Bystander(product)
    bystander.measure_asks(BATCH)  # warm up: the first messages of a process are slower
    alone = [bystander.measure_asks(BATCH) for _ in range(ROUNDS)]
    stop_alone = bystander.measure_stop()
    over = Event()
    started = time.monotonic()
    chosen = {name: run for name, run in ATTACKS.items() if not only or name in only}
    with ThreadPoolExecutor(len(chosen) + 1) as threads:
        stops = threads.submit(_run_in_thread, bystander.measure_stops, over)
        results = [threads.submit(_run_in_thread, run, product, over) for run in chosen.values()]
        try:
            during = [bystander.measure_asks(BATCH) for _ in range(ROUNDS)]
            over.wait(max(0.0, started + seconds - time.monotonic()))
        finally:
            over.set()
        return [
            *(result for future in results for result in future.result()),
            _compare_asks(alone, during),
            _compare_stops(stop_alone, stops),
        ]


def _run_in_thread(call: Callable[..., T], *arguments: object) -> T:
    """Close the thread's own database connection at the end."""
    try:
        return call(*arguments)
    finally:
        connection.close()


def _compare_asks(alone: Sequence[float], during: Sequence[float]) -> AttackResult:
    before, after = median(alone), median(during)
    return AttackResult(
        "another clinic's asks",
        f"{ROUNDS} batches of {BATCH} before and during the attacks",
        held=after <= MAX_SLOWDOWN * before,
        evidence=f"the last left after {before:.1f} s alone, {after:.1f} s during"
        f" ({after / before:.2f} times, at most {MAX_SLOWDOWN})",
    )


def _compare_stops(alone: float, stops: Future[list[float]]) -> AttackResult:
    durations = stops.result()
    return AttackResult(
        "another clinic's STOP",
        f"{len(durations)} patients wrote BAJA during the attacks",
        held=bool(durations) and max(durations) <= MAX_SECONDS_FOR_A_STOP,
        evidence=f"took effect after {alone:.1f} s alone, at most {max(durations):.1f} s during"
        f" (limit {MAX_SECONDS_FOR_A_STOP:.0f} s)",
    )
