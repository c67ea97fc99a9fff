"""Create messages that were sent, and read the effects of a call."""

from datetime import timedelta

from django.utils import timezone

from core import tenancy
from core.models import IncomingWebhook
from messaging.models import (
    Conversation,
    InboundMessage,
    Message,
    MessageStatus,
    Sender,
)
from patients.models import Patient, Suppression
from tests.factories import MessageFactory, PatientFactory, WorkspaceFactory
from tests.messaging.webhooks.calls import PATIENT
from workspaces.models import Workspace


def create_delivered_ask(
    sender: Sender,
    *,
    hours_ago: float = 2,
    workspace: Workspace | None = None,
    patient: Patient | None = None,
    **fields: object,
) -> Message:
    """Create a delivered ask, to which its patient may reply."""
    if patient is None:
        workspace = workspace or WorkspaceFactory.create()
        patient = PatientFactory.create(workspace=workspace, phone=PATIENT, email="ana@example.com")
    at = timezone.now() - timedelta(hours=hours_ago)
    values = {
        "status": MessageStatus.DELIVERED,
        "channel": sender.channel,
        "attempt": 1,
        "sent_at": at,
        "external_id": f"SM{timezone.now().timestamp()}",
        "patient": patient,
        "workspace": patient.workspace,
        "sender": sender,
    }
    message: Message = MessageFactory.create(**values | fields)
    with tenancy.platform("test"):
        Message.objects.filter(pk=message.pk).update(created_at=at)
    return message


def inbox_of(message: Message) -> list[InboundMessage]:
    with tenancy.within(message.workspace_id):
        return list(InboundMessage.objects.within(message.workspace_id).order_by("id"))


def waits_for_member(message: Message) -> bool:
    """Return whether the conversation waits for an answer of a member."""
    with tenancy.within(message.workspace_id):
        waiting = Conversation.objects.filter(waiting_since__isnull=False)
        return waiting.filter(patient_id=message.patient_id).exists()


def is_suppressed(message: Message) -> bool:
    with tenancy.within(message.workspace_id):
        return Suppression.objects.within(message.workspace_id).filter(address=PATIENT).exists()


def follow_ups(message: Message) -> list[str]:
    with tenancy.within(message.workspace_id):
        rows = Message.objects.within(message.workspace_id).filter(type__startswith="FOLLOWUP")
        return [row.type for row in rows]


def list_clarifications(message: Message) -> list[Message]:
    with tenancy.within(message.workspace_id):
        return list(Message.objects.within(message.workspace_id).filter(type="CLARIFY"))


def reload_message(message: Message) -> Message:
    with tenancy.platform("test"):
        return Message.objects.select_related("patient", "sender").get(pk=message.pk)


def stored_calls() -> list[IncomingWebhook]:
    with tenancy.platform("test"):
        return list(IncomingWebhook.objects.order_by("id"))


def call_errors() -> list[str]:
    return [event.error for event in stored_calls()]
