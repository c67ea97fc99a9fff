"""Open, assign, snooze, answer and close conversations, and note things in them."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Case, F, When
from django.db.models.functions import Greatest, Least
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.errors import ProblemError
from messaging import live_pages
from messaging.assignment import require_assignable
from messaging.models import Conversation, ConversationNote, Feedback
from patients import holds
from patients.models import Patient
from templates_app.models import Channel
from workspaces.models import User


@transaction.atomic
def open_conversation(*, patient: Patient, at: datetime, channel: str = "") -> Conversation:
    """Open the patient's conversation, or reopen it. Its assignee stays the same."""
    conversation, is_new = Conversation.objects.select_for_update().get_or_create(
        patient=patient,
        defaults={
            "workspace_id": patient.workspace_id,
            "last_at": at,
            "waiting_since": at,
            "channel": channel,
        },
    )
    if not is_new:
        conversation.last_at = max(conversation.last_at, at)
        conversation.waiting_since = min(conversation.waiting_since or at, at)
        conversation.channel = channel or conversation.channel
        conversation.snoozed_until = conversation.closed_at = None
        conversation.save()
    live_pages.note_change(patient.workspace_id)
    return conversation


@transaction.atomic
def find_or_start(*, patient: Patient) -> Conversation:
    """Return the patient's conversation, for a member who writes first. Nobody waits in it."""
    conversation, _is_new = Conversation.objects.select_for_update().get_or_create(
        patient=patient,
        defaults={"workspace_id": patient.workspace_id, "last_at": timezone.now()},
    )
    return conversation


@transaction.atomic
def note_patient_text(*, patient_id: UUID, workspace_id: UUID, at: datetime, channel: str) -> None:
    """End the snooze of a patient's conversation and cases, because the patient wrote something.

    An answered conversation that was put aside would have waited from the end of the snooze. It
    waits from now on instead, so that it is not forgotten.

    Code that locks a conversation and cases locks the conversation first. Call this before the
    text is recorded, which locks cases.
    """
    conversation = Conversation.objects.within(workspace_id).filter(patient=patient_id)
    conversation.update(
        waiting_since=Case(
            When(waiting_since=F("snoozed_until"), then=Least("waiting_since", at)),
            default=F("waiting_since"),
        ),
        snoozed_until=None,
        last_at=Greatest("last_at", at),
        channel=Channel(channel),
        updated_at=timezone.now(),
    )
    cases = Feedback.objects.within(workspace_id).filter(patient=patient_id)
    cases.exclude(snoozed_until=None).update(snoozed_until=None, updated_at=timezone.now())
    live_pages.note_change(workspace_id)


@transaction.atomic
def assign_conversation(*, conversation: Conversation, to: User | None, by: User) -> Conversation:
    if to:
        require_assignable(to, workspace_id=conversation.workspace_id)
    conversation.assignee = to
    conversation.save(update_fields=["assignee", "updated_at"])
    audit.record(
        "conversation.assign", conversation, by=by, new={"assignee": to.name if to else ""}
    )
    live_pages.note_change(conversation.workspace_id)
    return conversation


@transaction.atomic
def mark_answered(*, conversation: Conversation, at: datetime) -> None:
    """The patient no longer waits. The conversation stays open until somebody closes it."""
    conversation.waiting_since = conversation.snoozed_until = None
    conversation.last_at = max(conversation.last_at, at)
    conversation.save(update_fields=["waiting_since", "snoozed_until", "last_at", "updated_at"])
    live_pages.note_change(conversation.workspace_id)


@transaction.atomic
def snooze_conversation(
    *, conversation: Conversation, until: datetime | None, by: User
) -> Conversation:
    """Put a conversation aside until a time, or take it back. It then waits like a new one.

    A conversation that was answered waits from the end of the snooze: nobody waited before.
    """
    conversation = Conversation.objects.select_for_update().get(pk=conversation.pk)
    if conversation.closed_at:
        raise ProblemError(_("It is closed. It comes back when the patient writes again."))
    was_reminder = conversation.waiting_since == conversation.snoozed_until
    if until is None and was_reminder:
        conversation.waiting_since = None
    elif until and (was_reminder or conversation.waiting_since is None):
        conversation.waiting_since = until
    conversation.snoozed_until = until
    conversation.save(update_fields=["snoozed_until", "waiting_since", "updated_at"])
    audit.record(
        "conversation.snooze",
        conversation,
        by=by,
        new={"until": until.isoformat(timespec="minutes") if until else ""},
    )
    live_pages.note_change(conversation.workspace_id)
    return conversation


@transaction.atomic
def add_note(*, conversation: Conversation, text: str, by: User) -> ConversationNote:
    """Keep a text for the team. It is never sent."""
    note = ConversationNote.objects.create(
        workspace_id=conversation.workspace_id,
        conversation=conversation,
        text=text.strip(),
        by_name=by.name,
    )
    audit.record("conversation.note", conversation, by=by)
    live_pages.note_change(conversation.workspace_id)
    return note


@transaction.atomic
def close_conversation(
    *, conversation: Conversation, by: User, seen: datetime | None = None
) -> Conversation:
    """Close a conversation, unless it must still be decided whether the patient wants messages.

    A closed conversation is not in the list, so nobody would see the decision that is open. `seen`
    is the `last_at` that the page showed: a text that came afterwards would go unread.
    """
    conversation = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
    if seen and conversation.last_at > seen:
        raise ProblemError(_("Something was written after you opened this. Read it first."))
    hold = holds.open_hold_of(conversation.patient)
    if hold and hold.is_open and hold.has_text:
        raise ProblemError(_("Decide first whether they still want messages."))
    conversation.waiting_since = conversation.snoozed_until = None
    conversation.closed_at = timezone.now()
    conversation.save(update_fields=["waiting_since", "snoozed_until", "closed_at", "updated_at"])
    audit.record("conversation.close", conversation, by=by)
    live_pages.note_change(conversation.workspace_id)
    return conversation
