"""Limits on invitations: per clinic and day, per address and day, and open at the same time.

Each invitation is a mail to somebody who did not ask for it. Withdrawn ones still count for their
day.
"""

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core import sql, tenancy
from core.errors import ProblemError
from core.ids import first_id
from core.locks import Lock
from workspaces.models import Invitation, Workspace
from workspaces.vetting import limits
from workspaces.vetting.trust import Trust, trust_of


def require_room(workspace: Workspace, email: str) -> None:
    """Refuse an invitation beyond the limits. The caller has locked the workspace."""
    now = timezone.now()
    if workspace.invitations.open(now).count() >= limits.INVITATIONS_OPEN:
        raise ProblemError(
            _("%(most)d invitations are open: withdraw some, or wait until they are accepted.")
            % {"most": limits.INVITATIONS_OPEN}
        )
    # Ids begin with the time and are indexed; `created_at` is not.
    is_recent = Q(created_at__gt=now - limits.A_DAY, pk__gte=first_id(now - limits.A_DAY))
    max_a_day = _max_a_day(workspace)
    if workspace.invitations.filter(is_recent).count() >= max_a_day:
        raise ProblemError(
            _("Your clinic has made %(most)d invitations within a day. Go on tomorrow.")
            % {"most": max_a_day}
        )
    # Without the lock, several clinics could invite the same address at the same time.
    sql.advisory_lock(Lock.INVITATION.of(email.lower()))
    with tenancy.platform("invitations to one address"):
        to_address = Invitation.objects.filter(is_recent, email__iexact=email).count()
    if to_address >= limits.INVITATIONS_A_DAY_TO_ONE_ADDRESS:
        raise ProblemError(
            _("This address has got enough invitations for today. Invite it tomorrow.")
        )


def _max_a_day(workspace: Workspace) -> int:
    if trust_of(workspace, now=timezone.now()) is Trust.NONE:
        return limits.INVITATIONS_A_DAY_BEFORE_TRUST
    return limits.INVITATIONS_A_DAY
