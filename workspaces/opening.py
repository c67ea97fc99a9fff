"""A new clinic comes in: its workspace, its owner and its first practice, all or nothing."""

from dataclasses import dataclass

from django.db import transaction

from workspaces import audit, tenancy
from workspaces.models import Practice, Role, User, Workspace


@dataclass(frozen=True)
class NewClinic:
    workspace: str
    practice: str
    country: str
    timezone: str
    language: str


@transaction.atomic
def open_workspace(*, clinic: NewClinic, owner: User) -> Workspace:
    """`owner` arrives unsaved, with e-mail, name and password set."""
    with tenancy.platform("sign-up"):
        workspace = Workspace.objects.create(name=clinic.workspace, language=clinic.language)
        owner.workspace = workspace
        owner.role = Role.OWNER
        owner.save()
        practice = Practice.objects.create(
            workspace=workspace,
            name=clinic.practice,
            country=clinic.country,
            timezone=clinic.timezone,
        )
        audit.record(
            "workspace.open", workspace, by=owner, workspace_id=workspace.pk, name=workspace.name
        )
        audit.record("practice.create", practice, by=owner, name=practice.name)
    return workspace
