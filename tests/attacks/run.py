"""All attacks at the same time, while a bystander's service is measured."""

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
from tests.attacks.slow_sockets import attack_with_sockets
from tests.attacks.stage import Stage
from tests.attacks.table import Row
from tests.attacks.trial_abuse import attack_from_a_trial

T = TypeVar("T")
Attack = Callable[[Stage, Event], Sequence[Row]]

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
MOST_SLOWER = 1.5
MOST_SECONDS_FOR_A_STOP = 5.0


def attack(stage: Stage, *, seconds: float, only: Collection[str] = ()) -> list[Row]:
    """Return a row for each attack and two for the bystander."""
    bystander = Bystander(stage)
    bystander.measure_asks(BATCH)  # The first messages of fresh processes are slower.
    alone = [bystander.measure_asks(BATCH) for _ in range(ROUNDS)]
    stop_alone = bystander.measure_stop()
    over = Event()
    started = time.monotonic()
    chosen = {name: run for name, run in ATTACKS.items() if not only or name in only}
    with ThreadPoolExecutor(len(chosen) + 1) as threads:
        stops = threads.submit(_in_a_thread, bystander.measure_stops, over)
        rows = [threads.submit(_in_a_thread, run, stage, over) for run in chosen.values()]
        try:
            beside = [bystander.measure_asks(BATCH) for _ in range(ROUNDS)]
            over.wait(max(0.0, started + seconds - time.monotonic()))
        finally:
            over.set()
        return [
            *(row for attacked in rows for row in attacked.result()),
            _row_of_asks(alone, beside),
            _row_of_stops(stop_alone, stops),
        ]


def _in_a_thread(call: Callable[..., T], *arguments: object) -> T:
    """Each thread has a database connection of its own, which must not outlive it."""
    try:
        return call(*arguments)
    finally:
        connection.close()


def _row_of_asks(alone: Sequence[float], beside: Sequence[float]) -> Row:
    before, after = median(alone), median(beside)
    return Row(
        "another clinic's asks",
        f"{ROUNDS} batches of {BATCH} before and during the attacks",
        held=after <= MOST_SLOWER * before,
        evidence=f"the last left after {before:.1f} s alone, {after:.1f} s during"
        f" ({after / before:.2f} times, at most {MOST_SLOWER})",
    )


def _row_of_stops(alone: float, stops: Future[list[float]]) -> Row:
    taken = stops.result()
    return Row(
        "another clinic's STOP",
        f"{len(taken)} patients wrote BAJA during the attacks",
        held=bool(taken) and max(taken) <= MOST_SECONDS_FOR_A_STOP,
        evidence=f"heeded after {alone:.1f} s alone, {max(taken):.1f} s at the most during"
        f" (at most {MOST_SECONDS_FOR_A_STOP:.0f})",
    )
