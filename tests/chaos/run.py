"""Run the product with simulated patients and disruptions, and collect the evidence."""

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
from tests.chaos import record, simulator
from tests.chaos.behaviour import Behaviour, retry_database
from tests.chaos.checks import Evidence
from tests.chaos.clinics import ASKED_ONCE, RATES, Scenario, World, populate
from tests.chaos.disruptions import Disruptions
from tests.chaos.processes import Processes
from tests.dev.doubles.simulation import Simulation, running_simulator

TICK = 0.2
# Seconds after the last disruption. On a quiet machine everything ends in ten or twenty.
PATIENCE = 240
# How long nothing must be left to do: longer than a follow-up waits.
CALM = 2
# Seconds after which an ask is made to look old enough for a reminder. Most patients who answer
# have done so by then.
ANSWERED_WITHIN = 6


@dataclass
class ChaosRun:
    provider: Simulation
    processes: Processes
    world: World
    behaviour: Behaviour
    disruptions: Disruptions
    checked_servers_at: float = 0
    unfinished: list[str] = field(default_factory=list)

    def wait_for_first_message(self) -> None:
        self._repeat_until(lambda: bool(simulator.sent_messages(self.provider, newest=1)), PATIENCE)

    def disrupt(self, seconds: float) -> None:
        """Kill and restart processes while messages are sent and answered."""
        started = time.monotonic()

        def is_over() -> bool:
            elapsed = time.monotonic() - started
            self.behaviour.go_on(elapsed)
            self.disruptions.go_on(elapsed)
            return elapsed > seconds and self.disruptions.is_over

        self._repeat_until(is_over, seconds + PATIENCE)

    def wait_until_finished(self) -> None:
        """End the provider's faults, and wait until nothing is left to do."""
        simulator.stop_faults(self.provider)
        calm_since = time.monotonic()

        def is_calm() -> bool:
            nonlocal calm_since
            self.behaviour.go_on(float("inf"))
            self.unfinished = self.find_unfinished()
            if self.unfinished:
                calm_since = time.monotonic()
            return time.monotonic() - calm_since > CALM

        self._repeat_until(is_calm, PATIENCE)

    def find_unfinished(self) -> list[str]:
        """Return what has not happened yet, such as `3 patients to ask`."""
        messages = {(row.token, row.kind): row for row in retry_database(record.messages)}

        def count_missing(kind: str, *scenarios: Scenario) -> int:
            people = self.world.with_scenario(*scenarios)
            return sum((person.token, kind) not in messages for person in people)

        asks = [messages.get((p.token, "INITIAL")) for p in self.world.with_scenario(*RATES)]
        to_remind = [p for p in self.world.with_scenario(Scenario.SILENT) if p.clinic.reminds]
        counts = {
            "patients to ask": count_missing("INITIAL", *ASKED_ONCE),
            "patients to remind": sum((p.token, "REMINDER") not in messages for p in to_remind),
            "ratings to record": sum(ask is None or ask.rating is None for ask in asks),
            "answers to store": self.behaviour.unstored_answers,
            "webhooks to deliver": simulator.undelivered_webhooks(self.provider),
        }
        return retry_database(record.unfinished) + [
            f"{count} {what}" for what, count in counts.items() if count
        ]

    def collect_evidence(self) -> Evidence:
        return Evidence(
            world=self.world,
            behaviour=self.behaviour,
            sent=simulator.sent_messages(self.provider, newest=1_000_000),
            rows=record.messages(),
            changes=record.status_changes(),
            balances=record.balances(),
            sent_after_opt_out=len(record.sent_after_opt_out()),
            # Not read again: a repeated callback may have arrived since, which changes nothing.
            unfinished=self.unfinished,
            provider_counts=simulator.counts(self.provider),
        )

    def _repeat_until(self, is_done: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not is_done() and time.monotonic() < deadline:
            self.processes.restart_ended()
            if time.monotonic() - self.checked_servers_at > 1:
                self._check_servers()
                self.checked_servers_at = time.monotonic()
            time.sleep(TICK)

    def _check_servers(self) -> None:
        """Start servers that are gone, and trigger what beat would do only every 15 seconds."""
        embedded.ensure()
        retry_database(lambda: record.make_asks_older(seconds=ANSWERED_WITHIN))
        with suppress(KombuError, OSError):
            app.send_task("messaging.tasks.sweep_unsettled", expires=5, retry=False)


@contextmanager
def running(folder: Path, *, patients: int, seconds: float, seed: int) -> Iterator[ChaosRun]:
    """Start everything, with the provider's faults. Stop all of it at the end."""
    call_command("migrate", verbosity=0)
    record.install()
    rng = Random(seed)  # noqa: S311
    inbound = f"{settings.SITE_URL}/webhooks/twilio/inbound/"
    with running_simulator("--inbound-url", inbound) as provider:
        simulator.start_faults(provider, seed=seed)
        port = urlsplit(settings.SITE_URL).port or 0
        with Processes(folder, port, _environment(provider)) as processes:
            world = populate(patients=patients, seconds=seconds, rng=rng)
            behaviour = Behaviour(world, provider, rng, seconds)
            disruptions = Disruptions(processes, rng, seconds)
            yield ChaosRun(provider, processes, world, behaviour, disruptions)


def _environment(provider: Simulation) -> Mapping[str, str]:
    return {
        **os.environ,
        "TWILIO_API_BASE_URL": provider.url,
        "EMAIL_URL": f"smtp://127.0.0.1:{provider.smtp_port}",
    }
