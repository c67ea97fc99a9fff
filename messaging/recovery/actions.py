"""Actions on the case of an unhappy patient. The time of the first one is kept."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.errors import ProblemError
from messaging.assignment import require_assignable
from messaging.models import Feedback, RecoveryStatus, RecoveryStep, RecoveryStepKind
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


def _require_status(feedback: Feedback, *statuses: RecoveryStatus) -> None:
    if feedback.status not in statuses:
        raise ProblemError(
            _("Someone else was faster: this case is “%(status)s” now. Reload the page.")
            % {"status": feedback.get_status_display()}
        )


def _save_step(feedback: Feedback, step: RecoveryStepKind, text: str, by: User) -> None:
    feedback.first_action_at = feedback.first_action_at or timezone.now()
    feedback.save(
        update_fields=["status", "assignee", "first_action_at", "resolved_at", "updated_at"]
    )
    RecoveryStep.objects.create(
        workspace_id=feedback.workspace_id,
        feedback=feedback,
        kind=step,
        text=text.strip(),
        by_name=by.name,
    )
    audit.record(f"recovery.{step.lower()}", feedback, by=by)


def _lock(feedback: Feedback) -> Feedback:
    return Feedback.objects.within(feedback.workspace_id).select_for_update().get(pk=feedback.pk)
