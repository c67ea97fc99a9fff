"""Hand over what is in the hands of a member who leaves or is suspended.

Apps declare in `member_belongings` what that may be: campaigns, conversations, cases.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Protocol
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from core.errors import ProblemError
from core.registry import declared_by_apps
from workspaces.access import Can, may, people_who_may
from workspaces.models import User

# The name of a belonging, as declared, and who gets it. Nobody gets what is missing.
Recipients = Mapping[str, User | None]


class HandOver(Protocol):
    def __call__(self, *, member: User, to: User | None, by: User) -> None: ...


@dataclass(frozen=True)
class Belonging:
    """Rows that are in the hands of one member."""

    label: Callable[[int], str]
    without_recipient: str | Promise  # what happens to them if nobody is chosen
    permission: Can  # what their next person must be allowed to do
    count: Callable[[User], int]
    hand_over: HandOver
    # Whether they become free at once when their person may no longer do it.
    needs_permission: bool = False


@cache
def all_belongings() -> dict[str, Belonging]:
    declared = declared_by_apps("member_belongings")
    return {name: import_string(str(path)) for name, path in declared.items()}


def possible_recipients(
    workspace_id: UUID, permission: Can, *, instead_of: User | None
) -> QuerySet[User]:
    """Return the active members who have the permission, without the one who hands over."""
    team = User.objects.filter(people_who_may(permission), workspace_id=workspace_id)
    return (team.exclude(pk=instead_of.pk) if instead_of else team).order_by("name")


def hand_over_belongings(member: User, recipients: Recipients, *, by: User) -> None:
    """Hand over everything. The workspace is locked, so that no recipient leaves meanwhile."""
    assert member.workspace_id  # platform staff have no belongings
    for name, belonging in all_belongings().items():
        to = recipients.get(name)
        if to:
            to = require_recipient(
                to, belonging.permission, workspace_id=member.workspace_id, instead_of=member
            )
        belonging.hand_over(member=member, to=to, by=by)


def free_what_is_forbidden(member: User, *, by: User) -> None:
    """Free what a member, whose permissions have changed, can no longer open."""
    for belonging in all_belongings().values():
        if belonging.needs_permission and not may(member, belonging.permission):
            belonging.hand_over(member=member, to=None, by=by)


def require_recipient(
    to: User, permission: Can, *, workspace_id: UUID, instead_of: User | None
) -> User:
    """Return the recipient as they are now, or refuse one who left or may no longer do it."""
    team = possible_recipients(workspace_id, permission, instead_of=instead_of)
    found = team.filter(pk=to.pk).first()
    if found is None:
        raise ProblemError(
            _("%(name)s can no longer take this over: choose someone else.") % {"name": to.name}
        )
    return found
