"""Hand over open conversations and cases of a member who leaves or may no longer answer.

Without a recipient they become free. Closed ones are history and stay as they are.
"""

from django.utils import timezone
from django.utils.translation import ngettext, pgettext_lazy

from core import audit
from core.models.base import TenantQuerySet
from messaging import live_pages
from messaging.models import Conversation, Feedback, RecoveryStatus, RecoveryStep, RecoveryStepKind
from workspaces.access import Can
from workspaces.handover import Belonging
from workspaces.models import User


def _open_conversations(member: User) -> TenantQuerySet[Conversation]:
    return Conversation.objects.filter(assignee=member, closed_at=None)


def _open_cases(member: User) -> TenantQuerySet[Feedback]:
    return Feedback.objects.filter(assignee=member).exclude(status=RecoveryStatus.RESOLVED)


def _hand_over_conversations(*, member: User, to: User | None, by: User) -> None:
    # One statement and one audit event, because a busy front desk may have thousands.
    moved = _open_conversations(member).update(assignee=to, updated_at=timezone.now())
    _record("member.conversations", moved, member=member, to=to, by=by)


def _hand_over_cases(*, member: User, to: User | None, by: User) -> None:
    cases = list(_open_cases(member).select_for_update(of=("self",)).only("pk", "workspace_id"))
    Feedback.objects.filter(pk__in=[case.pk for case in cases]).update(
        assignee=to, updated_at=timezone.now()
    )
    RecoveryStep.objects.bulk_create(
        RecoveryStep(
            workspace_id=case.workspace_id,
            feedback=case,
            kind=RecoveryStepKind.ASSIGNED,
            text=to.name if to else "–",
            by_name=by.name,
        )
        for case in cases
    )
    _record("member.cases", len(cases), member=member, to=to, by=by)


def _record(action: str, moved: int, *, member: User, to: User | None, by: User) -> None:
    if moved:
        assert member.workspace_id  # platform staff have no belongings
        live_pages.note_change(member.workspace_id)
        audit.record(
            action,
            member,
            by=by,
            name=member.name,
            old={"assigned_to": member.name},
            new={"assigned_to": to.name if to else "–", "handed_over": moved},
        )


CONVERSATIONS = Belonging(
    label=lambda count: (
        ngettext(
            "Who takes over %(count)d open conversation?",
            "Who takes over %(count)d open conversations?",
            count,
        )
        % {"count": count}
    ),
    without_recipient=pgettext_lazy(
        "conversations", "Nobody: everyone who answers patients can take them"
    ),
    permission=Can.ANSWER_PATIENTS,
    count=lambda member: _open_conversations(member).count(),
    hand_over=_hand_over_conversations,
    needs_permission=True,
)
CASES = Belonging(
    label=lambda count: (
        ngettext(
            "Who takes over %(count)d unhappy patient?",
            "Who takes over %(count)d unhappy patients?",
            count,
        )
        % {"count": count}
    ),
    without_recipient=pgettext_lazy(
        "unhappy patients", "Nobody: everyone who answers patients can take them"
    ),
    permission=Can.ANSWER_PATIENTS,
    count=lambda member: _open_cases(member).count(),
    hand_over=_hand_over_cases,
    needs_permission=True,
)
