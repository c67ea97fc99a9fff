"""How many invitations leave: per clinic and day, per address and day, and open at once.

Each is a mail of ours to somebody who did not ask for it. They are counted as they are made, so
withdrawing one makes no room for the next.
"""

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core import sql, tenancy
from core.errors import ProblemError
from core.ids import first_id
from workspaces.models import Invitation, Workspace
from workspaces.vetting import limits
from workspaces.vetting.trust import Trust, trust_of


def require_room(workspace: Workspace, email: str) -> None:
    """Refuse one invitation too many. The caller holds the workspace's row."""
    now = timezone.now()
    if workspace.invitations.open(now).count() >= limits.INVITATIONS_OPEN:
        raise ProblemError(
            _("%(most)d invitations are open: withdraw some, or wait until they are accepted.")
            % {"most": limits.INVITATIONS_OPEN}
        )
    # By the id, which tells the time and is indexed.
    lately = Q(created_at__gt=now - limits.A_DAY, pk__gte=first_id(now - limits.A_DAY))
    most = _most_a_day(workspace)
    if workspace.invitations.filter(lately).count() >= most:
        raise ProblemError(
            _("Your clinic has made %(most)d invitations within a day. Go on tomorrow.")
            % {"most": most}
        )
    # Clinics that invite the same address at the same moment do so one after the other.
    sql.advisory_lock(f"invitation:{email.lower()}")
    with tenancy.platform("invitations to one address"):
        to_address = Invitation.objects.filter(lately, email__iexact=email).count()
    if to_address >= limits.INVITATIONS_A_DAY_TO_ONE_ADDRESS:
        raise ProblemError(
            _("This address has got enough invitations for today. Invite it tomorrow.")
        )


def _most_a_day(workspace: Workspace) -> int:
    if trust_of(workspace, now=timezone.now()) is Trust.NONE:
        return limits.INVITATIONS_A_DAY_BEFORE_TRUST
    return limits.INVITATIONS_A_DAY
