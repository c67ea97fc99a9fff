"""Open, assign, answer and close conversations."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.errors import ProblemError
from messaging.assignment import require_assignable
from messaging.models import Conversation
from patients import holds
from patients.models import Patient
from workspaces.models import User


@transaction.atomic
def open_conversation(*, patient: Patient, at: datetime) -> Conversation:
    """Open the patient's conversation, or reopen it. Its assignee stays the same."""
    conversation, is_new = Conversation.objects.select_for_update().get_or_create(
        patient=patient,
        defaults={"workspace_id": patient.workspace_id, "last_at": at, "waiting_since": at},
    )
    if not is_new:
        conversation.last_at = max(conversation.last_at, at)
        conversation.waiting_since = conversation.waiting_since or at
        conversation.closed_at = None
        conversation.save(update_fields=["last_at", "waiting_since", "closed_at", "updated_at"])
    return conversation


@transaction.atomic
def assign_conversation(*, conversation: Conversation, to: User | None, by: User) -> Conversation:
    if to:
        require_assignable(to, workspace_id=conversation.workspace_id)
    conversation.assignee = to
    conversation.save(update_fields=["assignee", "updated_at"])
    audit.record(
        "conversation.assign", conversation, by=by, new={"assignee": to.name if to else ""}
    )
    return conversation


@transaction.atomic
def mark_answered(*, conversation: Conversation, at: datetime) -> None:
    """The patient no longer waits. The conversation stays open until somebody closes it."""
    conversation.waiting_since = None
    conversation.last_at = max(conversation.last_at, at)
    conversation.save(update_fields=["waiting_since", "last_at", "updated_at"])


@transaction.atomic
def close_conversation(*, conversation: Conversation, by: User) -> Conversation:
    """Close a conversation, unless it must still be decided whether the patient wants messages.

    A closed conversation is not in the list, so nobody would see the decision that is open.
    """
    hold = holds.open_hold_of(conversation.patient)
    if hold and hold.is_open and hold.has_text:
        raise ProblemError(_("Decide first whether they still want messages."))
    conversation.waiting_since = None
    conversation.closed_at = timezone.now()
    conversation.save(update_fields=["waiting_since", "closed_at", "updated_at"])
    audit.record("conversation.close", conversation, by=by)
    return conversation
