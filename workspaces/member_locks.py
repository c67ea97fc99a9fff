"""What every change of a member checks first: who changes whom.

Nobody changes themselves, and nobody decides about more than they may do themselves. So only an
owner with all permissions can take something from another one, and the clinic always keeps one.
"""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from core.errors import ProblemError, RoleTooWeak
from workspaces import entitlements
from workspaces.access import Can, may, permissions_of
from workspaces.models import User, Workspace


def lock_member(workspace: Workspace, member: User, *, by: User) -> tuple[User, User]:
    """Return the member and the person who changes them, both locked and as they are now.

    Changes of a team happen one after the other. Who changes somebody may have lost that right a
    moment ago: of two owners who take each other's rights, the first one wins.

    The member's row is locked too, because a request of theirs may be storing a session with a
    foreign key to it at this moment.
    """
    entitlements.lock_workspace(workspace)
    rows = User.objects.within(workspace).select_for_update(of=("self",)).order_by("pk")
    locked = {row.pk: row for row in rows.filter(pk__in=[member.pk, by.pk])}
    if by.pk not in locked or not _may_manage(locked[by.pk]):
        raise RoleTooWeak(Can.MANAGE_USERS)
    if member.pk not in locked:
        raise ProblemError(_("This person was removed a moment ago."))
    if member.pk == by.pk:
        raise ProblemError(
            _("Nobody changes their own rights or removes themselves: ask another owner.")
        )
    require_no_more_than(locked[by.pk], permissions_of(locked[member.pk]))
    return locked[member.pk], locked[by.pk]


def require_no_more_than(by: User, permissions: Iterable[Can]) -> None:
    """Refuse to give or to take what the person may not do themselves.

    Otherwise an owner without billing could invite an owner with it, or remove the one who has it.
    """
    if not permissions_of(by).issuperset(permissions):
        raise ProblemError(
            _("You cannot decide about more than you may do yourself: ask an owner who may all.")
        )


def _may_manage(by: User) -> bool:
    return by.is_active and may(by, Can.MANAGE_USERS)
