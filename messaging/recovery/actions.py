"""Actions on the case of an unhappy patient. The time of the first one is kept."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core import audit
from core.errors import ProblemError
from messaging import live_pages
from messaging.assignment import require_assignable
from messaging.inbox import answers, conversations
from messaging.models import Feedback, Message, RecoveryStatus, RecoveryStep, RecoveryStepKind
from templates_app.models import Channel
from workspaces.models import User


@transaction.atomic
def assign_case(*, feedback: Feedback, to: User, by: User) -> Feedback:
    require_assignable(to, workspace_id=feedback.workspace_id)
    feedback = _lock(feedback)
    if feedback.assignee_id == to.pk:
        return feedback
    feedback.assignee = to
    _save_step(feedback, RecoveryStepKind.ASSIGNED, to.name, by)
    return feedback


@transaction.atomic
def add_case_note(*, feedback: Feedback, text: str, by: User) -> Feedback:
    feedback = _lock(feedback)
    _save_step(feedback, RecoveryStepKind.NOTE, text, by)
    return feedback


@transaction.atomic
def start_case(*, feedback: Feedback, by: User) -> Feedback:
    """Start work on a case. Without an assignee, the person who starts it becomes one."""
    feedback = _lock(feedback)
    _require_status(feedback, RecoveryStatus.OPEN)
    feedback.status = RecoveryStatus.IN_PROGRESS
    feedback.assignee = feedback.assignee or by
    _save_step(feedback, RecoveryStepKind.STARTED, "", by)
    return feedback


@transaction.atomic
def resolve_case(*, feedback: Feedback, text: str, by: User) -> Feedback:
    feedback = _lock(feedback)
    _require_status(feedback, RecoveryStatus.OPEN, RecoveryStatus.IN_PROGRESS)
    feedback.status = RecoveryStatus.RESOLVED
    feedback.resolved_at = timezone.now()
    feedback.snoozed_until = None
    feedback.assignee = feedback.assignee or by
    _save_step(feedback, RecoveryStepKind.RESOLVED, text, by)
    return feedback


@transaction.atomic
def reopen_case(*, feedback: Feedback, by: User) -> Feedback:
    feedback = _lock(feedback)
    _require_status(feedback, RecoveryStatus.RESOLVED)
    feedback.status = RecoveryStatus.IN_PROGRESS
    feedback.resolved_at = None
    _save_step(feedback, RecoveryStepKind.REOPENED, "", by)
    return feedback


@transaction.atomic
def answer_case(
    *, feedback: Feedback, channel: Channel, text: str, by: User, key: UUID, seen: int | None
) -> Message:
    """Write to the patient as from the inbox. The first member who writes takes an open case on."""
    # In the order of `note_patient_text`, or a patient who writes now and this wait for each other.
    conversation = conversations.find_or_start(patient=feedback.patient)
    feedback = _lock(feedback)
    is_repeated = feedback.patient.messages.filter(pk=key).exists()
    message = answers.send_answer(
        conversation=conversation, channel=channel, text=text, by=by, key=key, seen=seen
    )
    if is_repeated:
        return message
    if feedback.status == RecoveryStatus.OPEN:
        feedback.status = RecoveryStatus.IN_PROGRESS
        feedback.assignee = feedback.assignee or by
    feedback.snoozed_until = None
    _save_step(feedback, RecoveryStepKind.ANSWERED, str(channel.label), by)
    return message


@transaction.atomic
def snooze_case(*, feedback: Feedback, until: datetime, by: User) -> Feedback:
    """Put a case aside until a time. It comes back earlier if the patient writes."""
    feedback = _lock(feedback)
    _require_status(feedback, RecoveryStatus.OPEN, RecoveryStatus.IN_PROGRESS)
    feedback.snoozed_until = until
    zone = feedback.patient.campaign.practice.zone
    when = date_format(until.astimezone(zone), "SHORT_DATETIME_FORMAT")
    _save_step(feedback, RecoveryStepKind.SNOOZED, when, by)
    return feedback


@transaction.atomic
def wake_case(*, feedback: Feedback, by: User) -> Feedback:
    """Take a case back before its time has come."""
    feedback = _lock(feedback)
    feedback.snoozed_until = None
    feedback.save(update_fields=["snoozed_until", "updated_at"])
    audit.record("recovery.snoozed", feedback, by=by, new={"until": ""})
    live_pages.note_change(feedback.workspace_id)
    return feedback


def _require_status(feedback: Feedback, *statuses: RecoveryStatus) -> None:
    if feedback.status not in statuses:
        raise ProblemError(
            _("Someone else was faster: this case is “%(status)s” now. Reload the page.")
            % {"status": feedback.get_status_display()}
        )


def _save_step(feedback: Feedback, step: RecoveryStepKind, text: str, by: User) -> None:
    feedback.first_action_at = feedback.first_action_at or timezone.now()
    feedback.save(
        update_fields=[
            *("status", "assignee", "first_action_at", "resolved_at", "snoozed_until"),
            "updated_at",
        ]
    )
    RecoveryStep.objects.create(
        workspace_id=feedback.workspace_id,
        feedback=feedback,
        kind=step,
        text=text.strip(),
        by_name=by.name,
    )
    audit.record(f"recovery.{step.lower()}", feedback, by=by)
    live_pages.note_change(feedback.workspace_id)


def _lock(feedback: Feedback) -> Feedback:
    return Feedback.objects.within(feedback.workspace_id).select_for_update().get(pk=feedback.pk)
