"""Give a member single permissions beyond their role, or take some of it from them."""

from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import ProblemError
from workspaces.access import OWNERS_ONLY, ROLES, Can, permissions_of, with_needed
from workspaces.handover import free_what_is_forbidden
from workspaces.member_locks import lock_member, require_no_more_than
from workspaces.models import Role, User, Workspace


@transaction.atomic
def change_permissions(
    *, workspace: Workspace, member: User, chosen: Collection[Can], by: User, seen: str = ""
) -> User:
    """Let a member do what is chosen, and what that needs. Only the differences are stored.

    `seen` is the `rights_version` on which the choice was made. A change in between is refused, so
    that nobody takes back what a colleague has just given.
    """
    member, by = lock_member(workspace, member, by=by)
    if seen and seen != rights_version(member):
        raise ProblemError(_("Someone changed these permissions a moment ago. Choose again."))
    wanted, preset = with_needed(chosen), ROLES[Role(member.role)]
    if given := (wanted - preset) & OWNERS_ONLY:
        raise ValueError(f"Only owners may {sorted(given)}.")
    require_no_more_than(by, wanted)
    _save(member, granted=wanted - preset, withheld=preset - wanted, by=by)
    return member


@transaction.atomic
def restore_preset(*, workspace: Workspace, member: User, by: User) -> User:
    """Let a member do what their role may, no more and no less."""
    member, by = lock_member(workspace, member, by=by)
    require_no_more_than(by, ROLES[Role(member.role)])
    _save(member, granted=(), withheld=(), by=by)
    return member


def rights_version(member: User) -> str:
    """Return a text that differs as soon as the member may do something else."""
    return ",".join([member.role, *sorted(permissions_of(member))])


def has_differences(member: User) -> bool:
    return bool(member.granted or member.withheld)


def _save(member: User, *, granted: Collection[Can], withheld: Collection[Can], by: User) -> None:
    before = snapshot_rights(member)
    member.granted = sorted(each.value for each in granted)
    member.withheld = sorted(each.value for each in withheld)
    if before == snapshot_rights(member):
        return
    member.save(update_fields=["granted", "withheld", "updated_at"])
    audit.record(
        "member.permissions",
        member,
        by=by,
        name=member.name,
        old=before,
        new=snapshot_rights(member),
    )
    free_what_is_forbidden(member, by=by)


def snapshot_rights(member: User) -> dict[str, str]:
    """Return the differences from the role as the audit trail stores them."""
    return {"granted": ", ".join(member.granted), "withheld": ", ".join(member.withheld)}
