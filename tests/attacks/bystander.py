"""What a clinic that does nothing unusual notices of an attack on others."""

import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from threading import Event
from typing import LiteralString
from uuid import UUID

from django.utils import timezone

from core import tenancy
from patients.models import Patient
from tests.attacks.stage import SENDER, Stage
from tests.chaos import record
from tests.factories import PatientFactory

DELAY = timedelta(hours=2)
# Creating the patients of a batch takes less than this. Then all their asks are due at once.
LEAD = timedelta(seconds=5)
LOOK_EVERY = 0.05
PATIENCE = 90
SECONDS_BETWEEN_STOPS = 1

LEFT: LiteralString = """
SELECT max(sent_at) FROM messaging_message
WHERE patient_id = ANY(%s) AND type = 'INITIAL'
HAVING count(sent_at) = %s
"""
STOPPED: LiteralString = """
SELECT 1 FROM patients_suppression WHERE workspace_id = %s AND address = %s
"""


@dataclass
class Bystander:
    stage: Stage
    asked: deque[str] = field(default_factory=deque)
    numbers: Iterator[int] = field(default_factory=count)

    def measure_asks(self, size: int) -> float:
        """Return the seconds from when a batch of asks is due until the last one has left."""
        due = timezone.now() + LEAD
        phones = [f"+593{960_000 + next(self.numbers)}555" for _ in range(size)]
        patients = self._create_patients(phones, seen_at=due - DELAY)
        assert timezone.now() < due, "The patients of the batch were not created in time."
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            if left := record.column(LEFT, patients, size):
                (last,) = left
                assert isinstance(last, datetime)
                self.asked.extend(phones)
                return (last - due).total_seconds()
            time.sleep(LOOK_EVERY)
        return float("inf")

    def _create_patients(self, phones: Iterable[str], *, seen_at: datetime) -> list[UUID]:
        clinic = self.stage.bystander
        patients = [
            PatientFactory.build(
                workspace=clinic.workspace,
                campaign=clinic.campaign,
                phone=phone,
                appointment_time=seen_at,
            )
            for phone in phones
        ]
        with tenancy.platform("attack"):
            return [patient.pk for patient in Patient.objects.bulk_create(patients)]

    def measure_stop(self) -> float:
        """Return the seconds from a patient's BAJA until the clinic cannot write to them."""
        phone = self.asked.popleft()
        started = time.monotonic()
        self.stage.provider.control(
            "POST", "reply", {"from": phone, "to": SENDER, "body": "BAJA", "channel": "sms"}
        )
        while time.monotonic() < started + PATIENCE:
            if record.column(STOPPED, self.stage.bystander.workspace.pk, phone):
                return time.monotonic() - started
            time.sleep(LOOK_EVERY)
        return float("inf")

    def measure_stops(self, over: Event) -> list[float]:
        """Let a patient write BAJA every second until the attack is over."""
        taken: list[float] = []
        while not over.wait(SECONDS_BETWEEN_STOPS):
            taken.append(self.measure_stop())
        return taken
