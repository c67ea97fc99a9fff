"""Create asks of held patients, and read or decide their holds."""

from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from messaging.models import Message, Sender
from patients.models import Hold, Patient, Suppression
from tests.factories import (
    MessageFactory,
    UserFactory,
)
from tests.messaging.webhooks.calls import PATIENT
from tests.messaging.world import create_patient, running_campaign
from workspaces.models import Role, User, Workspace

HOUR = timedelta(hours=1)


def create_ask(sender: Sender, patient: Patient | None = None, **fields: Any) -> Message:
    """Create an ask that was delivered two hours ago."""
    patient = patient or create_patient(running_campaign(), phone=PATIENT, asked_at=timezone.now())
    at = timezone.now() - 2 * HOUR
    values = {"status": "DELIVERED", "attempt": 1, "sent_at": at, "sender": sender} | fields
    made: Message = MessageFactory.create(workspace=patient.workspace, patient=patient, **values)
    with tenancy.platform("test"):
        Message.objects.filter(pk=made.pk).update(created_at=at)
    return made


def holds_of(workspace: Workspace) -> list[tuple[str, str, bool]]:
    with tenancy.within(workspace.pk):
        rows = Hold.objects.within(workspace).order_by("pk")
        return list(rows.values_list("address", "decision", "has_text"))


def owner_of(workspace: Workspace) -> User:
    made: User = UserFactory.create(workspace=workspace, role=Role.OWNER, language="en")
    return made


def decide(what: str, ask: Message) -> Any:
    client = Client()
    client.force_login(owner_of(ask.workspace))
    return client.post(reverse(f"hold_{what}", args=[ask.patient_id]), follow=True)


def suppressed_addresses(workspace: Workspace) -> set[str]:
    with tenancy.within(workspace.pk):
        return set(Suppression.objects.within(workspace).values_list("address", flat=True))


def create_follow_up(ask: Message, **fields: Any) -> Message:
    made: Message = MessageFactory.create(
        workspace=ask.workspace, patient=ask.patient, type="FOLLOWUP_HAPPY", **fields
    )
    return made
