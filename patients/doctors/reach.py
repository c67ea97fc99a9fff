"""Who may change whose patients a member sees by being linked to a doctor.

A linked member sees all patients with any spelling of that doctor. A member who could change the
link or the spellings without further rights could show herself the patients of everybody.
"""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from core.errors import ProblemError
from patients.models.doctor import Doctor
from workspaces.access import Can, may
from workspaces.models import User


def may_change_reach(user: User) -> bool:
    """Return whether the user manages the team, or sees everybody's patients anyway."""
    return may(user, Can.MANAGE_USERS) or may(user, Can.SEE_ALL_RESULTS)


def require_may_change_reach(user: User) -> None:
    if not may_change_reach(user):
        raise ProblemError(
            _(
                "This changes whose patients a member of the team sees. Ask somebody who manages"
                " the team, or who sees all results."
            )
        )


def require_may_regroup(rows: Iterable[Doctor], *, by: User) -> None:
    """Refuse to add names to the doctor with these rows, or to take some away, if she signs in."""
    if any(row.member_id for row in rows):
        require_may_change_reach(by)
