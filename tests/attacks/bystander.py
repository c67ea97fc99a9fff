"""Measure the service of a clinic that is not involved in the attacks."""

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
from tests.attacks.product import SENDER, Product
from tests.chaos import record
from tests.factories import PatientFactory

DELAY = timedelta(hours=2)
# Creating the patients of a batch takes less time than this, so all their asks are due at once.
LEAD = timedelta(seconds=5)
POLL_SECONDS = 0.05
TIMEOUT = 90
SECONDS_BETWEEN_STOPS = 1

LAST_SENT_AT: LiteralString = """
SELECT max(sent_at) FROM messaging_message
WHERE patient_id = ANY(%s) AND type = 'INITIAL'
HAVING count(sent_at) = %s
"""
STOPPED: LiteralString = """
SELECT 1 FROM patients_suppression WHERE workspace_id = %s AND address = %s
"""


@dataclass
class Bystander:
    product: Product
    asked: deque[str] = field(default_factory=deque)
    numbers: Iterator[int] = field(default_factory=count)

    def measure_asks(self, size: int) -> float:
        """Return the seconds from the due time of a batch of asks until the last one was sent."""
        due = timezone.now() + LEAD
        phones = [f"+593{960_000 + next(self.numbers)}555" for _ in range(size)]
        patients = self._create_patients(phones, seen_at=due - DELAY)
        assert timezone.now() < due, "The patients of the batch were not created in time."
        deadline = time.monotonic() + TIMEOUT
        while time.monotonic() < deadline:
            if times := record.fetch_column(LAST_SENT_AT, patients, size):
                (last,) = times
                assert isinstance(last, datetime)
                self.asked.extend(phones)
                return (last - due).total_seconds()
            time.sleep(POLL_SECONDS)
        return float("inf")

    def _create_patients(self, phones: Iterable[str], *, seen_at: datetime) -> list[UUID]:
        clinic = self.product.bystander
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
        self.product.provider.control(
            "POST", "reply", {"from": phone, "to": SENDER, "body": "BAJA", "channel": "sms"}
        )
        while time.monotonic() < started + TIMEOUT:
            if record.fetch_column(STOPPED, self.product.bystander.workspace.pk, phone):
                return time.monotonic() - started
            time.sleep(POLL_SECONDS)
        return float("inf")

    def measure_stops(self, over: Event) -> list[float]:
        """Let a patient write BAJA every second until the attack is over."""
        durations: list[float] = []
        while not over.wait(SECONDS_BETWEEN_STOPS):
            durations.append(self.measure_stop())
        return durations
