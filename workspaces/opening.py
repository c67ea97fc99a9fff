"""Open a workspace for a new clinic, with its owner, first practice and trial."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from core import audit, tenancy
from workspaces.models import Entitlement, EntitlementSource, Practice, Role, User, Workspace
from workspaces.plans import TRIAL
from workspaces.vetting import flags


@dataclass(frozen=True)
class NewClinic:
    workspace: str
    practice: str
    country: str
    timezone: str
    language: str


@transaction.atomic
def open_workspace(*, clinic: NewClinic, owner: User) -> Workspace:
    """Create everything in one transaction. `owner` is unsaved, with e-mail, name and password."""
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
        _start_trial(workspace, owner)
        flags.inspect_text(workspace.pk, clinic.workspace, clinic.practice)
    return workspace


def _start_trial(workspace: Workspace, owner: User) -> None:
    now = timezone.now()
    trial = Entitlement.objects.create(
        workspace=workspace,
        source=EntitlementSource.TRIAL,
        plan=TRIAL.plan,
        starts_at=now,
        ends_at=now + TRIAL.length,
        reference="trial",
    )
    audit.record(
        "trial.start",
        trial,
        by=owner,
        new={"plan": trial.plan, "ends_at": audit.to_plain_value(trial.ends_at)},
    )
