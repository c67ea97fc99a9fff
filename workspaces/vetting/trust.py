"""How far a clinic is trusted to write to patients.

Anyone can open a clinic with a throw-away e-mail and could send phishing from our numbers. The rule
exists in Python (`trust_of`) and in SQL (`TRUST`); a test compares the two.
"""

from collections.abc import Collection
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit, sql
from core.errors import ProblemError
from workspaces.entitlements import lock_workspace
from workspaces.models import Plan, User, Workspace
from workspaces.vetting import limits
from workspaces.vetting.plain_names import carries_address


class Trust(StrEnum):
    NONE = "none"  # may write to its own people, and to a few patients with our default texts
    NEW = "new"  # paid a few days ago: may use its own texts, with a limit per day
    FULL = "full"


def trust_of(workspace: Workspace, *, now: datetime) -> Trust:
    """Return how far a clinic is trusted: from the start if known, else some days after paying."""
    # Only platform staff store a plan, after an agreement. Stripe and trials add entitlements.
    if workspace.vetted_at or workspace.plan != Plan.FREE:
        return Trust.FULL
    if workspace.first_paid_at is None:
        return Trust.NONE
    is_new = workspace.first_paid_at > now - limits.FIRST_DAYS
    return Trust.NEW if is_new else Trust.FULL


def is_refused_link(trust: Trust, *texts: str) -> bool:
    """Return whether a text links to another site, which is refused before a clinic is trusted.

    Our own pages are linked by variables, so they carry no address yet.
    """
    return trust is Trust.NONE and any(carries_address(text) for text in texts)


# For a workspace `w` at the moment %(now)s. It reads columns of that row only, because the claim
# evaluates it for each message.
TRUST = f"""CASE
         WHEN w.vetted_at IS NOT NULL OR w.plan <> '{Plan.FREE}' THEN '{Trust.FULL}'
         WHEN w.first_paid_at IS NULL THEN '{Trust.NONE}'
         WHEN w.first_paid_at
              > %(now)s - interval '{limits.FIRST_DAYS.days} days' THEN '{Trust.NEW}'
         ELSE '{Trust.FULL}' END"""

# False while platform staff have stopped the clinic: nothing is planned or sent, nothing is lost.
MAY_SEND = "w.sending_stopped_at IS NULL"


STOPPED = gettext_lazy(
    "Our team has stopped the messages of your clinic. Write to us to sort it out."
)

# Phones and e-mails that a clinic's people have confirmed as their own.
OWN_ADDRESSES = """
SELECT u.workspace_id, u.phone AS address
FROM workspaces_user u
WHERE u.workspace_id = ANY(%(workspaces)s) AND u.is_active
  AND u.phone <> '' AND u.phone = u.proven_phone
UNION ALL
SELECT u.workspace_id, e.email
FROM workspaces_user u
JOIN account_emailaddress e ON e.user_id = u.id AND e.verified
WHERE u.workspace_id = ANY(%(workspaces)s) AND u.is_active
"""


def own_addresses(workspaces: Collection[UUID]) -> set[tuple[UUID, str]]:
    """Return the confirmed phones and e-mails of the members, each with its workspace."""
    rows = sql.fetch(OWN_ADDRESSES, workspaces=list(workspaces))
    return {(row["workspace_id"], row["address"].casefold()) for row in rows}


def require_may_send(workspace: Workspace) -> None:
    """Refuse what would send messages while platform staff have stopped the clinic."""
    if workspace.sending_stopped_at:
        raise ProblemError(str(STOPPED))


@transaction.atomic
def vet_workspace(*, workspace: Workspace, now: datetime, by: User) -> None:
    """Record that platform staff know the clinic, which is fully trusted from now on."""
    workspace = lock_workspace(workspace)
    if workspace.vetted_at:
        raise ProblemError(_("This clinic is vetted already."))
    workspace.vetted_at = now
    workspace.save(update_fields=["vetted_at", "updated_at"])
    _record_decision("sending.vet", workspace, by, new={"vetted_at": audit.to_plain_value(now)})


@transaction.atomic
def stop_sending(*, workspace: Workspace, because: str, now: datetime, by: User) -> None:
    """Stop all messages of a clinic until they are allowed again. Waiting messages are kept."""
    workspace = lock_workspace(workspace)
    if workspace.sending_stopped_at:
        raise ProblemError(_("Its messages are stopped already."))
    workspace.sending_stopped_at, workspace.sending_stopped_because = now, because
    workspace.save(update_fields=["sending_stopped_at", "sending_stopped_because", "updated_at"])
    _record_decision("sending.stop", workspace, by, new={"sending_stopped_because": because})


@transaction.atomic
def allow_sending(*, workspace: Workspace, by: User) -> None:
    """Undo `stop_sending`. Messages that waited are released by the caller."""
    workspace = lock_workspace(workspace)
    if workspace.sending_stopped_at is None:
        raise ProblemError(_("Its messages are not stopped."))
    old = {"sending_stopped_because": workspace.sending_stopped_because}
    workspace.sending_stopped_at, workspace.sending_stopped_because = None, ""
    workspace.save(update_fields=["sending_stopped_at", "sending_stopped_because", "updated_at"])
    _record_decision("sending.allow", workspace, by, old=old)


def note_payment(workspace: Workspace, *, paid_at: datetime, amount: int) -> None:
    """Store the time of the first payment. The caller has locked the workspace."""
    if amount > 0 and (workspace.first_paid_at is None or paid_at < workspace.first_paid_at):
        workspace.first_paid_at = paid_at
        workspace.save(update_fields=["first_paid_at", "updated_at"])


def correct_first_payment(workspace: Workspace, *, paid_at: datetime | None) -> None:
    """Store the time of the first payment that is left after one was withdrawn.

    The caller has locked the workspace.
    """
    workspace.first_paid_at = paid_at
    workspace.save(update_fields=["first_paid_at", "updated_at"])


def _record_decision(
    action: str,
    workspace: Workspace,
    by: User,
    *,
    old: dict[str, Any] | None = None,
    new: dict[str, Any] | None = None,
) -> None:
    audit.record(
        action, workspace, by=by, workspace_id=workspace.pk, name=workspace.name, old=old, new=new
    )
