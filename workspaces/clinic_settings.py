"""Change the settings that owners choose for their workspace."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from core import audit
from workspaces import entitlements
from workspaces.models import ReviewInvites, User, Workspace
from workspaces.vetting import flags

# Each check returns objections to keeping patients for this number of days. Apps above this one
# register checks in `AppConfig.ready`, for example that no campaign sends its reminder later.
RetentionCheck = Callable[[Workspace, int], list[str]]
retention_checks: list[RetentionCheck] = []

# Likewise, objections to inviting these patients to review.
InviteCheck = Callable[[Workspace, str], list[str]]
invite_checks: list[InviteCheck] = []


@dataclass(frozen=True)
class SettingsDetails:
    name: str
    language: str
    ask_again_after_days: int
    undo_minutes: int
    review_invites: str
    replies_need_approval: bool
    plain_letters: bool
    reminder_after_hours: int | None
    sms_fallback: bool
    resend_unknown: bool
    keep_messages_days: int
    keep_patients_days: int


@transaction.atomic
def change_settings(*, workspace: Workspace, details: SettingsDetails, by: User) -> Workspace:
    workspace = entitlements.lock_workspace(workspace)
    audit.save_changes(
        "workspace.change",
        workspace,
        vars(details),
        by=by,
        name=details.name,
        workspace_id=workspace.pk,
    )
    flags.inspect_text(workspace.pk, details.name)
    return workspace


def invite_everyone(*, workspace: Workspace, by: User) -> None:
    """Invite everyone to review from now on. The caller has locked the workspace."""
    audit.save_changes(
        "workspace.change",
        workspace,
        {"review_invites": ReviewInvites.EVERYONE},
        by=by,
        name=workspace.name,
        workspace_id=workspace.pk,
    )
