"""To whom a conversation or the case of an unhappy patient may be assigned."""

from uuid import UUID

from django.utils.translation import gettext as _

from core.errors import ProblemError
from workspaces.access import Can, people_who_may
from workspaces.models import User


def require_assignable(to: User, *, workspace_id: UUID) -> None:
    """Refuse somebody who may not answer patients.

    The lock makes a suspension or removal of this person wait, or this assignment for it: nothing
    is assigned to somebody who has just left.
    """
    rows = User.objects.filter(people_who_may(Can.ANSWER_PATIENTS), workspace_id=workspace_id)
    if not rows.select_for_update(of=("self",), no_key=True).filter(pk=to.pk).exists():
        raise ProblemError(_("This person may not answer patients: choose someone else."))
