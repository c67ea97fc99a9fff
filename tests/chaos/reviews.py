"""`python -m tests.chaos.reviews`: public reviews while Google fails and workers are killed.

Reviews are written, edited and deleted at the double of Google, and replies are queued, while it
answers with errors, loses and doubles pushes, and the workers that fetch and reply are killed. At
the end each review must be stored once as Google has it, and each reply published once.
"""

import argparse
import logging
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import django

from config import embedded
from tests.chaos.environment import private_environment
from tests.chaos.processes import CELERY, WORKER, Processes

if TYPE_CHECKING:
    from tests.chaos.google_clinic import GoogleClinic
    from tests.dev.doubles.google.process import GoogleProcess

COMMANDS = {
    "web": "-m config.web --port {port} --threads 4 --grace 5",
    "reviewer-1": f"{WORKER} --queues reviews",
    "reviewer-2": f"{WORKER} --queues reviews",
    "beat": f"{CELERY} beat --schedule {{folder}}/{{name}}",
}
FAULTS = {
    "rate_500": 0.05,
    "rate_429": 0.05,
    "rate_push_lost": 0.2,
    "rate_push_doubled": 0.2,
    "rate_push_late": 0.2,
    "moderation_ms": 500,
}
LOCATIONS = 6
# At the start of the run, so that there is something to fetch.
REVIEWS_BEFORE = 90
PATIENCE = 240
KILLED_EVERY = 3.0
REQUESTS_BETWEEN_KILLS = 4


@dataclass
class ReviewChaos:
    google: "GoogleProcess"
    clinic: "GoogleClinic"
    processes: Processes
    rng: Random
    locations: list[str]
    # Every review that was written and not deleted again: its name and its text.
    written: dict[str, str] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)

    def wait_for_first_fetch(self) -> None:
        deadline = time.monotonic() + PATIENCE
        while len(self.clinic.stored_reviews()) < REVIEWS_BEFORE / 2:
            assert time.monotonic() < deadline, "Nothing was fetched."
            self.processes.restart_ended()
            time.sleep(0.2)

    def disrupt(self, kills: int) -> None:
        """Change reviews, queue replies and kill workers, in turns.

        Workers are killed only after they have called Google again: to kill them while they start
        would test nothing.
        """
        deadline = time.monotonic() + PATIENCE + kills * 4 * KILLED_EVERY
        last_kill, requests_then = time.monotonic(), self.requests()
        while self.processes.ends["killed"] < kills and time.monotonic() < deadline:
            self._change_something()
            self.clinic.queue_reply()
            self.processes.restart_ended()
            is_time = time.monotonic() > last_kill + KILLED_EVERY
            if is_time and self.requests() >= requests_then + REQUESTS_BETWEEN_KILLS:
                self.processes.kill(self.rng.choice(["reviewer-1", "reviewer-2"]))
                last_kill, requests_then = time.monotonic(), self.requests()
            time.sleep(0.4)

    def requests(self) -> int:
        return int(self.google.counts()["total"])

    def find_what_was_missed(self, kills: int) -> list[str]:
        """Return what this run did not put to the test. Without it success would mean nothing."""
        counts = self.clinic.counts(self.google)
        needed = {
            "replies queued": kills,
            "answers 500 or 429": 1,
            "pushes lost": 1,
            "pushes doubled": 1,
        }
        missed = [
            f"only {counts[what]} {what}" for what, least in needed.items() if counts[what] < least
        ]
        killed = self.processes.ends["killed"]
        return missed + [f"only {killed} of {kills} kills"] * (killed < kills)

    def wait_until_settled(self) -> list[str]:
        """End the faults, let all leases end, and wait. Return what is still wrong."""
        self.google.set_faults(**dict.fromkeys(FAULTS, 0))
        deadline, problems = time.monotonic() + PATIENCE, ["not looked yet"]
        self.clinic.end_leases()
        while problems and time.monotonic() < deadline:
            self.processes.restart_ended()
            time.sleep(1)
            problems = self.find_problems()
        return problems

    def find_problems(self) -> list[str]:
        stored = self.clinic.stored_reviews()
        expected = {name.rpartition("/")[2]: text for name, text in self.written.items()}
        gone = {name.rpartition("/")[2] for name in self.deleted}
        missing = [key for key, text in expected.items() if stored.get(key) != [text]]
        haunting = [key for key in gone if stored.get(key, [""]) != [""]]
        unexpected = stored.keys() - expected.keys() - gone
        counts = {
            "reviews missing, doubled or different": len(missing),
            "deleted reviews that still have words": len(haunting),
            "reviews that nobody wrote": len(unexpected),
            **self.clinic.reply_problems(self.google.replies(), gone),
        }
        return [f"{count} {what}" for what, count in counts.items() if count]

    def write(self, number: int, *, push: bool = True) -> None:
        texts = [f"Opinión {self.rng.random()}" for _ in range(number)]
        reviews = [
            {
                "location": self.rng.choice(self.locations),
                "stars": self.rng.randint(1, 5),
                "comment": text,
            }
            for text in texts
        ]
        names = self.google.add_reviews(reviews, push=push)
        self.written |= dict(zip(names, texts, strict=True))

    def _change_something(self) -> None:
        act: Callable[[], None] = self.rng.choices(
            [lambda: self.write(1), self._edit, self._delete], [6, 3, 1]
        )[0]
        act()

    def _edit(self) -> None:
        name = self.rng.choice([*self.written])
        self.written[name] = f"Corregida {self.rng.random()}"
        self.google.edit_review(name, comment=self.written[name])

    def _delete(self) -> None:
        name = self.rng.choice([*self.written])
        self.google.delete_review(name)
        del self.written[name]
        self.deleted.add(name)


@contextmanager
def running(folder: Path, *, seed: int) -> Iterator[ReviewChaos]:
    from django.conf import settings
    from django.core.management import call_command

    from tests.chaos.google_clinic import GoogleClinic
    from tests.dev.doubles.google.process import running_google

    call_command("migrate", verbosity=0)
    push_url = f"{settings.SITE_URL}/webhooks/google/"
    with running_google(push_url=push_url) as google:
        # This process calls the double too, and must never call Google.
        settings.GOOGLE_BASE_URL = google.url
        locations = google.populate(locations=LOCATIONS, reviews=0)
        clinic = GoogleClinic.connect(google, locations)
        google.set_faults(seed=seed, **FAULTS)
        environment = {**os.environ, **google.environment()}
        port = int(settings.SITE_URL.rpartition(":")[2])
        with Processes(folder, port, environment, COMMANDS) as processes:
            rng = Random(seed)  # noqa: S311
            chaos = ReviewChaos(google, clinic, processes, rng, locations)
            chaos.write(REVIEWS_BEFORE, push=False)
            yield chaos


def main() -> None:
    options = _options()
    with private_environment() as folder:
        try:
            embedded.ensure()
            django.setup()
            logging.disable()
            with running(folder, seed=options.seed) as chaos:
                chaos.wait_for_first_fetch()
                chaos.disrupt(options.kills)
                problems = chaos.wait_until_settled()
                problems += chaos.find_what_was_missed(options.kills)
                lines = chaos.clinic.counts(chaos.google) | {
                    "reviews at Google": len(chaos.written),
                    "deleted at Google": len(chaos.deleted),
                    "workers killed": chaos.processes.ends["killed"],
                }
                output = chaos.processes.output()
        finally:
            embedded.stop()
    show = partial(print, sep="\n", flush=True)
    show(f"seed {options.seed}", *(f"{value:>6} {name}" for name, value in lines.items()))
    if problems:
        show(output, *problems, file=sys.stderr)
        raise SystemExit(f"{len(problems)} promises were broken.")
    show("Every review is there once, and every reply was published once.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.reviews", description=__doc__)
    parser.add_argument("--kills", type=int, default=20, help="of workers (20)")
    parser.add_argument("--seed", type=int, default=Random().randrange(2**31))  # noqa: S311
    return parser.parse_args()


if __name__ == "__main__":
    main()
