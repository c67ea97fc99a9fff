"""How a workspace wants things done."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from core import audit
from workspaces import entitlements
from workspaces.models import User, Workspace
from workspaces.vetting import flags

# What speaks against keeping patients for so many days. The floors above know things that this one
# must not import (does a campaign remind later?), so each adds its question when it is loaded.
KeepingQuestion = Callable[[Workspace, int], list[str]]
keeping_questions: list[KeepingQuestion] = []


@dataclass(frozen=True)
class SettingsDetails:
    name: str
    language: str
    ask_again_after_days: int
    undo_minutes: int
    review_invites: str
    plain_letters: bool
    reminder_after_hours: int | None
    sms_fallback: bool
    resend_unknown: bool
    keep_messages_days: int
    keep_patients_days: int


@transaction.atomic
def change_settings(*, workspace: Workspace, wishes: SettingsDetails, by: User) -> Workspace:
    workspace = entitlements.lock_workspace(workspace)
    audit.save_changes(
        "workspace.change",
        workspace,
        vars(wishes),
        by=by,
        name=wishes.name,
        workspace_id=workspace.pk,
    )
    flags.inspect_text(workspace.pk, wishes.name)
    return workspace
