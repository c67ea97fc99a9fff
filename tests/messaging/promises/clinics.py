"""The clinics of the test of promises, and the expected state, which its rules update."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime, time, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import models, transaction
from django.db.models import Sum
from django.utils import timezone
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
)

from billing.models import CreditEntry, EntryKind
from campaigns.models import Campaign, CampaignStatus
from core import tenancy
from messaging.dispatch.sending import CHANNELS
from messaging.dispatch.settling import Results
from messaging.models import Message, Sender
from patients.models import Patient
from tests.factories import (
    CampaignFactory,
    PatientFactory,
    PracticeFactory,
    UserFactory,
    WorkspaceFactory,
)
from tests.messaging.provider import CLOCK, NOON, Provider
from tests.messaging.world import shared_sender
from workspaces.models import User, Workspace

T = TypeVar("T")

PHONES = ["+593991110001", "+593991110002", "+593991110003"]
GIVEN_CREDITS = 8


class Clinics(RuleBasedStateMachine):
    """Two clinics with a shared sender, their patients on three phones, and the expected state."""

    @initialize()
    def open_clinics(self) -> None:
        # Rolled back at the end, with everything in it.
        self.world = ExitStack()
        self.world.enter_context(transaction.atomic())
        self.world.callback(transaction.set_rollback, True)
        self.world.enter_context(tenancy.platform("promises"))
        CLOCK.now = NOON
        self.provider = Provider()
        CHANNELS["SMS"] = self.provider
        self.sender: Sender = shared_sender(address="+15005550006")
        self.campaigns = [self.create_campaign(), self.create_campaign()]
        self.people: dict[UUID, User] = {
            campaign.workspace_id: UserFactory.create(workspace=campaign.workspace)
            for campaign in self.campaigns
        }
        self.kept: list[Results] = []
        self.calls: list[tuple[UUID, int, dict[str, str]]] = []
        self.stopped: set[str] = set()  # to the sender, and so to both
        self.stopped_one: set[tuple[UUID, str]] = set()
        self.erased: set[tuple[UUID, str]] = set()
        # Doubtful texts by clinic and phone: who has one to decide about, and who has to wait.
        self.doubtful: set[tuple[UUID, str]] = set()
        self.held: set[tuple[UUID, str]] = set()
        self.confirmable: dict[str, int] = {}
        self.rated: dict[UUID, tuple[int, datetime]] = {}
        self.seen: dict[UUID, tuple[str, int]] = {}
        for which, phone in enumerate(PHONES):
            self.create_patient(which, phone, hours=2, agrees=True)

    def create_campaign(self) -> Campaign:
        place = PracticeFactory.create(
            workspace=WorkspaceFactory.create(message_credits=GIVEN_CREDITS),
            window_start=time(8),
            window_end=time(20),
        )
        campaign: Campaign = CampaignFactory.create(
            workspace=place.workspace,
            practice=place,
            created_by=None,
            status=CampaignStatus.ACTIVE,
            is_ongoing=True,
            scheduled_hours_after=1,
            reminder_after_hours=2,
        )
        return campaign

    def create_patient(self, which: int, phone: str, *, hours: int, agrees: bool) -> None:
        campaign = self.campaigns[which % 2]
        # No two appointments of one person at the same moment.
        late = timedelta(seconds=len(self.all_patients()))
        PatientFactory.create(
            workspace=campaign.workspace,
            campaign=campaign,
            phone=phone,
            appointment_time=timezone.now() - timedelta(hours=hours) + late,
            has_consent=agrees or which > 1,
            consent_at=timezone.now() if agrees or which > 1 else None,
        )

    def advance_clock(self, minutes: int) -> None:
        CLOCK.now += timedelta(minutes=minutes)

    def credits_spent(self, workspace: Workspace) -> int:
        moved = CreditEntry.objects.filter(
            workspace=workspace, kind__in=[EntryKind.DEBIT, EntryKind.RELEASE]
        ).aggregate(total=Sum("amount"))
        return moved["total"] or 0

    def message_states(self) -> list[tuple[object, ...]]:
        return [
            (one.pk, one.status, one.attempt, one.external_id, one.error_code, one.rating)
            for one in self.find_messages()
        ]

    def find_messages(self, **filters: object) -> list[Message]:
        found = Message.objects.filter(**filters).select_related("patient", "campaign__practice")
        return list(found.order_by("pk"))

    def find_ask(self, key: UUID) -> Message:
        return self.find_messages(pk=key)[0]

    def has_rated(self, patient: Patient) -> bool:
        return patient.pk in {self.find_ask(key).patient_id for key in self.rated}

    def all_patients(self) -> list[Patient]:
        return list(Patient.objects.order_by("pk"))

    def update(self, row: models.Model, **fields: object) -> None:
        for name, value in fields.items():
            setattr(row, name, value)
        row.save(update_fields=list(fields))


def pick(rows: Sequence[T], which: int) -> Sequence[T]:
    """Return a list with one of the rows, or an empty list."""
    return rows[which % len(rows) :][:1] if rows else []
