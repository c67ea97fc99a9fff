"""What is killed, emptied and restarted, and when. The same seed gives the same storm."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from random import Random

from django.conf import settings
from redis import Redis

from config import embedded
from tests.chaos import record
from tests.chaos.crew import Crew
from tests.chaos.lives import insist
from tests.chaos.place import SILENCE

# These happen in every storm, in this order; a long one goes on with more of them.
ALWAYS = [
    *("kill sender", "freeze sender", "crash PostgreSQL"),
    *("empty Redis", "kill worker", "kill sender"),
]
MORE = {
    "kill sender": 8,
    "freeze sender": 1,
    "kill worker": 5,
    "kill web": 2,
    "kill beat": 2,
    "empty Redis": 2,
    "crash PostgreSQL": 2,
}
SECONDS_BETWEEN = 3
LONG = 60
# By then its messages were looked for, and sent again by others; then it goes on with its own.
FROZEN_FOR = SILENCE + 3


class Storm:
    def __init__(self, crew: Crew, dice: Random, seconds: float) -> None:
        self.crew, self.dice = crew, dice
        self.counts: Counter[str] = Counter()
        self.frozen: list[tuple[float, int]] = []
        self.acts: dict[str, Callable[[], None]] = {
            "crash PostgreSQL": self._crash_postgres,
            "restart all servers": self._restart_servers,
            "empty Redis": self._empty_redis,
            "freeze sender": self._freeze,
        }
        what = [*ALWAYS]
        if seconds >= LONG:
            what += ["kill web", "kill beat", "restart all servers"]
        more = max(0, int(seconds / SECONDS_BETWEEN) - len(what))
        what += dice.choices([*MORE], [*MORE.values()], k=more)
        step = seconds / (len(what) + 1)
        self.plan = [
            ((number + dice.uniform(0.7, 1.3)) * step, name) for number, name in enumerate(what)
        ]

    @property
    def is_over(self) -> bool:
        return not self.plan and not self.frozen

    def go_on(self, elapsed: float) -> None:
        while self.plan and self.plan[0][0] <= elapsed:
            name = self.plan.pop(0)[1]
            self.counts[name] += 1
            if name.startswith("kill "):
                self._kill(name.removeprefix("kill "))
            else:
                self.acts[name]()
        for until, group in [*self.frozen]:
            if time.monotonic() > until:
                self.frozen.remove((until, group))
                _tell(group, signal.SIGCONT)

    def _kill(self, kind: str) -> None:
        if kind == "sender":
            self._wait_until_something_is_on_its_way()
        self.crew.kill(self._one(kind))

    def _freeze(self) -> None:
        """As a machine does that is short of memory, or that is moved to another."""
        self._wait_until_something_is_on_its_way()
        group = self.crew.living[self._one("sender")].pid
        _tell(group, signal.SIGSTOP)
        self.frozen.append((time.monotonic() + FROZEN_FOR, group))

    def _one(self, kind: str) -> str:
        return self.dice.choice([name for name in self.crew.living if kind in name])

    def _wait_until_something_is_on_its_way(self) -> None:
        """Not for long: then nothing is due."""
        deadline = time.monotonic() + 1
        while time.monotonic() < deadline and not insist(record.is_sending):
            time.sleep(0.02)

    def _crash_postgres(self) -> None:
        """One backend dies of SIGKILL, and PostgreSQL throws all others out and recovers."""
        if found := insist(record.backends):
            with suppress(ProcessLookupError):
                os.kill(self.dice.choice(found), signal.SIGKILL)

    def _restart_servers(self) -> None:
        """A fast shutdown; as both servers have one keeper, Redis goes and comes with it."""
        pid_file = embedded.local() / "postgres" / "postmaster.pid"
        os.kill(int(pid_file.read_text().split()[0]), signal.SIGINT)

    def _empty_redis(self) -> None:
        with Redis.from_url(settings.REDIS_URL) as redis:
            redis.flushall()


def _tell(group: int, word: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, word)
