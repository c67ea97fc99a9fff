"""What people do meanwhile: they answer, say stop, come another day, or are erased."""

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
from tests.chaos import network, record
from tests.chaos.clinics import (
    ANSWERS,
    ANSWERS_ONCE_MORE,
    DELAY,
    ENOUGH,
    Clinic,
    Part,
    Person,
    World,
)
from tests.chaos.network import Told
from tests.dev.doubles.simulation import Simulation

T = TypeVar("T")

NEWEST = 400
EVERYTHING = 1_000_000
# Who sees no sign of life for so long after an answer writes it once more.
WRITES_AGAIN_AFTER = 4
HEARD = float("inf")
PATIENCE = 60


@dataclass
class Answer:
    person: Person
    told: Told
    text: str
    rating: int | None
    at: float
    sids: list[str] = field(default_factory=list)


class Lives:
    def __init__(self, world: World, simulation: Simulation, dice: Random, seconds: float) -> None:
        self.world, self.simulation, self.dice = world, simulation, dice
        self.by_token = {person.token: person for person in world.people}
        self.answers: dict[tuple[str, bool], Answer] = {}  # by phone; the second ones apart
        self.erased_at: dict[UUID, datetime] = {}
        self.granted: dict[UUID, int] = {}
        acts = [(dice.uniform(0.1, 0.7) * seconds, act) for act in self._acts()]
        self.acts = sorted(acts, key=lambda pair: pair[0])

    def go_on(self, elapsed: float) -> None:
        while self.acts and self.acts[0][0] <= elapsed:
            insist(self.acts.pop(0)[1])
        self._read_phones(newest=NEWEST if elapsed < float("inf") else EVERYTHING)
        now = time.monotonic()
        if waiting := [answer for answer in self.answers.values() if answer.at <= now]:
            kept = insist(record.kept_calls)
            for answer in waiting:
                if kept.intersection(answer.sids):
                    answer.at = HEARD
                else:
                    answer.at = now + WRITES_AGAIN_AFTER
                    self._write(answer)

    @property
    def unheard(self) -> int:
        return sum(answer.at != HEARD for answer in self.answers.values())

    def _read_phones(self, *, newest: int) -> None:
        for told in network.told(self.simulation, newest=newest):
            if told.is_confirmation:
                continue
            person = self.by_token[told.token]
            again = told.kind == MessageType.CLARIFY
            if person.part in ANSWERS and (person.phone, again) not in self.answers:
                words = ANSWERS_ONCE_MORE if again else ANSWERS[person.part]
                text, rating = self.dice.choice([*words.items()])
                at = time.monotonic() + self.dice.uniform(0, 2)
                self.answers[person.phone, again] = Answer(person, told, text, rating, at)

    def _write(self, answer: Answer) -> None:
        answer.sids.append(
            network.reply(
                self.simulation, phone=answer.person.phone, to=answer.told, text=answer.text
            )
        )

    def _acts(self) -> Iterator[Callable[[], None]]:
        for person in self.world.people:
            match person.part:
                case Part.MOVED_NEAR:
                    yield partial(self._move, person, -DELAY)
                case Part.MOVED_AWAY:
                    yield partial(self._move, person, timedelta(days=1))
                case Part.ERASED:
                    yield partial(self._erase, person)
        for clinic in self.world.clinics:
            if clinic.credits < ENOUGH:
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

    def _top_up(self, clinic: Clinic) -> None:
        with tenancy.platform("chaos"):
            credits.grant_credits(
                workspace=clinic.workspace, amount=ENOUGH, cause="top-up", by=None
            )
        self.granted[clinic.workspace.pk] = ENOUGH


def insist(act: Callable[[], T]) -> T:
    """As somebody does whose page says that it does not work just now."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return act()
        except (DatabaseError, psycopg.Error):
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
            embedded.ensure()
