"""Kill, freeze, empty and restart parts of the product. The same seed gives the same plan."""

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
from tests.chaos.behaviour import retry_database
from tests.chaos.environment import SILENCE
from tests.chaos.processes import Processes

# Every run has these, in this order. A long run adds more at random.
ALWAYS = [
    *("kill sender", "freeze sender", "crash PostgreSQL"),
    *("empty Redis", "kill worker", "kill sender"),
]
WEIGHTS = {
    "kill sender": 8,
    "freeze sender": 1,
    "kill worker": 5,
    "kill web": 2,
    "kill beat": 2,
    "empty Redis": 2,
    "crash PostgreSQL": 2,
}
SECONDS_BETWEEN = 3
LONG_RUN = 60
# Long enough for others to look up and send its messages again before it continues.
FROZEN_FOR = SILENCE + 3


class Disruptions:
    """Carries out a random plan. `go_on` must be called repeatedly."""

    def __init__(self, processes: Processes, rng: Random, seconds: float) -> None:
        self.processes, self.rng = processes, rng
        self.counts: Counter[str] = Counter()
        self.frozen: list[tuple[float, int]] = []
        self.actions: dict[str, Callable[[], None]] = {
            "crash PostgreSQL": self._crash_postgres,
            "restart all servers": self._restart_servers,
            "empty Redis": self._empty_redis,
            "freeze sender": self._freeze,
        }
        names = [*ALWAYS]
        if seconds >= LONG_RUN:
            names += ["kill web", "kill beat", "restart all servers"]
        more = max(0, int(seconds / SECONDS_BETWEEN) - len(names))
        names += rng.choices([*WEIGHTS], [*WEIGHTS.values()], k=more)
        step = seconds / (len(names) + 1)
        self.plan = [
            ((number + rng.uniform(0.7, 1.3)) * step, name) for number, name in enumerate(names)
        ]

    @property
    def is_over(self) -> bool:
        return not self.plan and not self.frozen

    def go_on(self, elapsed: float) -> None:
        """Do what is due `elapsed` seconds after the start."""
        while self.plan and self.plan[0][0] <= elapsed:
            name = self.plan.pop(0)[1]
            self.counts[name] += 1
            if name.startswith("kill "):
                self._kill(name.removeprefix("kill "))
            else:
                self.actions[name]()
        for until, group in [*self.frozen]:
            if time.monotonic() > until:
                self.frozen.remove((until, group))
                _send_signal(group, signal.SIGCONT)

    def _kill(self, kind: str) -> None:
        if kind == "sender":
            self._wait_until_a_message_is_being_sent()
        self.processes.kill(self._choose_process(kind))

    def _freeze(self) -> None:
        """Stop a sender for a while, as when a machine is short of memory or is migrated."""
        self._wait_until_a_message_is_being_sent()
        group = self.processes.running[self._choose_process("sender")].pid
        _send_signal(group, signal.SIGSTOP)
        self.frozen.append((time.monotonic() + FROZEN_FOR, group))

    def _choose_process(self, kind: str) -> str:
        return self.rng.choice([name for name in self.processes.running if kind in name])

    def _wait_until_a_message_is_being_sent(self) -> None:
        """Wait a second at most: perhaps no message is due."""
        deadline = time.monotonic() + 1
        while time.monotonic() < deadline and not retry_database(record.is_sending):
            time.sleep(0.02)

    def _crash_postgres(self) -> None:
        """Kill one backend. PostgreSQL then ends all others and recovers."""
        if backends := retry_database(record.backends):
            with suppress(ProcessLookupError):
                os.kill(self.rng.choice(backends), signal.SIGKILL)

    def _restart_servers(self) -> None:
        """Shut PostgreSQL down. Redis restarts too, because both have the same keeper process."""
        pid_file = embedded.local() / "postgres" / "postmaster.pid"
        os.kill(int(pid_file.read_text().split()[0]), signal.SIGINT)

    def _empty_redis(self) -> None:
        with Redis.from_url(settings.REDIS_URL) as redis:
            redis.flushall()


def _send_signal(group: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(group, number)
