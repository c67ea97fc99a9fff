"""From an empty database to the verdict."""

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from kombu.exceptions import KombuError

from config import embedded
from config.celery import app
from tests.chaos import network, record
from tests.chaos.clinics import ASKED_ONCE, RATES, Part, World, populate
from tests.chaos.crew import Crew
from tests.chaos.lives import Lives, insist
from tests.chaos.storm import Storm
from tests.chaos.verdict import Evidence
from tests.dev.doubles.simulation import Simulation, simulation

TICK = 0.2
# From the end of the storm; on a quiet machine all comes to an end in ten or twenty seconds.
PATIENCE = 240
# How long nothing must happen before all is said: longer than a follow-up waits.
CALM = 2
# An ask is made to look old enough for a reminder once whoever answers has done so, as a rule.
ANSWERED_WITHIN = 6


@dataclass
class Run:
    provider: Simulation
    crew: Crew
    world: World
    lives: Lives
    storm: Storm
    looked_after: float = 0
    unfinished: list[str] = field(default_factory=list)

    def until_somebody_is_asked(self) -> None:
        self._go_on(lambda: bool(network.told(self.provider, newest=1)), PATIENCE)

    def through_the_storm(self, seconds: float) -> None:
        begun = time.monotonic()

        def is_over() -> bool:
            elapsed = time.monotonic() - begun
            self.lives.go_on(elapsed)
            self.storm.go_on(elapsed)
            return elapsed > seconds and self.storm.is_over

        self._go_on(is_over, seconds + PATIENCE)

    def until_calm(self) -> None:
        network.end_trouble(self.provider)
        calm_since = time.monotonic()

        def is_calm() -> bool:
            nonlocal calm_since
            self.lives.go_on(float("inf"))
            self.unfinished = self.left()
            if self.unfinished:
                calm_since = time.monotonic()
            return time.monotonic() - calm_since > CALM

        self._go_on(is_calm, PATIENCE)

    def left(self) -> list[str]:
        """What is still under way, or has to begin."""
        rows = {(row.token, row.kind): row for row in insist(record.rows)}

        def without(kind: str, *parts: Part) -> int:
            people = self.world.playing(*parts)
            return sum((person.token, kind) not in rows for person in people)

        asked = [rows.get((person.token, "INITIAL")) for person in self.world.playing(*RATES)]
        silent = [person for person in self.world.playing(Part.SILENT) if person.clinic.reminds]
        left = {
            "patients to ask": without("INITIAL", *ASKED_ONCE),
            "patients to remind": sum((one.token, "REMINDER") not in rows for one in silent),
            "ratings to record": sum(ask is None or ask.rating is None for ask in asked),
            "answers to hear": self.lives.unheard,
            "webhooks to deliver": network.waiting(self.provider),
        }
        return insist(record.unfinished) + [
            f"{count} {what}" for what, count in left.items() if count
        ]

    def evidence(self) -> Evidence:
        return Evidence(
            world=self.world,
            lives=self.lives,
            told=network.told(self.provider, newest=1_000_000),
            rows=record.rows(),
            steps=record.steps(),
            balances=record.balances(),
            sent_after_opt_out=len(record.sent_after_opt_out()),
            # Not asked anew: a repeated callback may have come in since, and changes nothing.
            unfinished=self.unfinished,
            network=network.counts(self.provider),
        )

    def _go_on(self, is_done: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not is_done() and time.monotonic() < deadline:
            self.crew.revive()
            if time.monotonic() - self.looked_after > 1:
                self._look_after_servers()
                self.looked_after = time.monotonic()
            time.sleep(TICK)

    def _look_after_servers(self) -> None:
        embedded.ensure()
        insist(lambda: record.age(seconds=ANSWERED_WITHIN))
        # An impatient clock beside the two: theirs sweeps four times a minute.
        with suppress(KombuError, OSError):
            app.send_task("messaging.tasks.sweep", expires=5, retry=False)


@contextmanager
def running(folder: Path, *, patients: int, seconds: float, seed: int) -> Iterator[Run]:
    """Everything that runs, with the trouble begun; nothing of it is left afterwards."""
    call_command("migrate", verbosity=0)
    record.begin()
    dice = Random(seed)  # noqa: S311
    inbound = f"{settings.SITE_URL}/webhooks/twilio/inbound/"
    with simulation("--inbound-url", inbound) as provider:
        network.begin_trouble(provider, seed=seed)
        with Crew(folder, urlsplit(settings.SITE_URL).port or 0, _environment(provider)) as crew:
            world = populate(patients=patients, seconds=seconds, dice=dice)
            lives = Lives(world, provider, dice, seconds)
            yield Run(provider, crew, world, lives, Storm(crew, dice, seconds))


def _environment(provider: Simulation) -> Mapping[str, str]:
    return {
        **os.environ,
        "TWILIO_API_BASE_URL": provider.url,
        "EMAIL_URL": f"smtp://127.0.0.1:{provider.smtp_port}",
    }
