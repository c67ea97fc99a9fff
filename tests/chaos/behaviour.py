"""What patients and members do meanwhile: answer, opt out, move appointments, erase, top up."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from random import Random
from typing import TypeVar
from uuid import UUID

import psycopg
from django.db import DatabaseError
from django.utils import timezone

from billing import credits
from config import embedded
from core import tenancy
from patients.models import Patient
from templates_app.models import MessageType
from tests.chaos import record, simulator
from tests.chaos.clinics import (
    ANSWERS,
    DELAY,
    SECOND_ANSWERS,
    UNLIMITED,
    Person,
    Scenario,
    SimulatedClinic,
    World,
)
from tests.chaos.simulator import SentMessage
from tests.dev.doubles.simulation import Simulation

T = TypeVar("T")

NEWEST = 400
ALL_MESSAGES = 1_000_000
# A patient writes an answer again if the product has not stored it after so many seconds.
SECONDS_TO_REPEAT = 4
NEVER = float("inf")
RETRY_SECONDS = 60


@dataclass
class PatientAnswer:
    person: Person
    question: SentMessage
    text: str
    rating: int | None
    send_at: float  # NEVER once the product has stored it
    sids: list[str] = field(default_factory=list)


class Behaviour:
    """Plays all people. `go_on` must be called repeatedly."""

    def __init__(self, world: World, provider: Simulation, rng: Random, seconds: float) -> None:
        self.world, self.provider, self.rng = world, provider, rng
        self.by_token = {person.token: person for person in world.people}
        self.answers: dict[tuple[str, bool], PatientAnswer] = {}  # by phone, is_second
        self.erased_at: dict[UUID, datetime] = {}
        self.granted: dict[UUID, int] = {}
        actions = [(rng.uniform(0.1, 0.7) * seconds, action) for action in self._actions()]
        self.actions = sorted(actions, key=lambda pair: pair[0])

    def go_on(self, elapsed: float) -> None:
        """Do what is due `elapsed` seconds after the start, and send or repeat answers."""
        while self.actions and self.actions[0][0] <= elapsed:
            retry_database(self.actions.pop(0)[1])
        self._choose_answers(newest=NEWEST if elapsed < float("inf") else ALL_MESSAGES)
        now = time.monotonic()
        if waiting := [answer for answer in self.answers.values() if answer.send_at <= now]:
            stored = retry_database(record.stored_reply_sids)
            for answer in waiting:
                if stored.intersection(answer.sids):
                    answer.send_at = NEVER
                else:
                    answer.send_at = now + SECONDS_TO_REPEAT
                    self._send(answer)

    @property
    def unstored_answers(self) -> int:
        return sum(answer.send_at != NEVER for answer in self.answers.values())

    def _choose_answers(self, *, newest: int) -> None:
        """Choose an answer to each question on a phone that has none yet."""
        for message in simulator.sent_messages(self.provider, newest=newest):
            if message.is_confirmation:
                continue
            person = self.by_token[message.token]
            is_second = message.kind == MessageType.CLARIFY
            if person.scenario in ANSWERS and (person.phone, is_second) not in self.answers:
                choices = SECOND_ANSWERS if is_second else ANSWERS[person.scenario]
                text, rating = self.rng.choice([*choices.items()])
                send_at = time.monotonic() + self.rng.uniform(0, 2)
                answer = PatientAnswer(person, message, text, rating, send_at)
                self.answers[person.phone, is_second] = answer

    def _send(self, answer: PatientAnswer) -> None:
        sid = simulator.reply(
            self.provider, phone=answer.person.phone, to=answer.question, text=answer.text
        )
        answer.sids.append(sid)

    def _actions(self) -> Iterator[Callable[[], None]]:
        for person in self.world.people:
            match person.scenario:
                case Scenario.MOVED_EARLIER:
                    yield partial(self._move, person, -DELAY)
                case Scenario.MOVED_LATER:
                    yield partial(self._move, person, timedelta(days=1))
                case Scenario.ERASED:
                    yield partial(self._erase, person)
        for clinic in self.world.clinics:
            if clinic.credits < UNLIMITED:
                yield partial(self._top_up, clinic)

    def _move(self, person: Person, by: timedelta) -> None:
        with tenancy.platform("chaos"):
            patients = Patient.objects.filter(pk=person.patient_id)
            patients.update(appointment_time=timezone.now() + by)

    def _erase(self, person: Person) -> None:
        with tenancy.platform("chaos"):
            patients = Patient.objects.filter(pk=person.patient_id)
            patients.update(data_deleted_at=timezone.now())
        self.erased_at[person.patient_id] = timezone.now()

    def _top_up(self, clinic: SimulatedClinic) -> None:
        with tenancy.platform("chaos"):
            credits.grant_credits(
                workspace=clinic.workspace, amount=UNLIMITED, cause="top-up", by=None
            )
        self.granted[clinic.workspace.pk] = UNLIMITED


def retry_database(call: Callable[[], T]) -> T:
    """Repeat the call while the database is unreachable, and start the server if necessary."""
    deadline = time.monotonic() + RETRY_SECONDS
    while True:
        try:
            return call()
        except (DatabaseError, psycopg.Error):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
            embedded.ensure()
