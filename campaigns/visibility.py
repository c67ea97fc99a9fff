"""Which campaigns a user may see with their patients and results, as a Q and as SQL."""

from enum import StrEnum
from uuid import UUID

from django.db.models import Q

from workspaces.access import Can, permissions_of
from workspaces.models import Role, User

# Each of these shows patients or their answers. Without any of them no row is visible.
SHOW_PATIENTS = (Can.SEE_CAMPAIGNS, Can.SEE_PATIENTS, Can.ANSWER_PATIENTS)


class Reach(StrEnum):
    """How far the permissions of a user reach: over which campaigns."""

    NOTHING = "nothing"
    OWN = "own"
    EVERYTHING = "everything"


def reach_of(user: User) -> Reach:
    """Return over which campaigns the user sees patients and results.

    Doctors work for their own patients, and see those of others with SEE_ALL_RESULTS. Receptionists
    have no patients of their own: one who may answer patients answers those of the whole clinic.
    """
    permissions = permissions_of(user)
    if permissions.isdisjoint(SHOW_PATIENTS):
        return Reach.NOTHING
    if Can.SEE_ALL_RESULTS in permissions or user.role == Role.RECEPTIONIST:
        return Reach.EVERYTHING
    return Reach.OWN


def sees_all_results(user: User) -> bool:
    return reach_of(user) == Reach.EVERYTHING


def results_visible_to(user: User, *, campaign: str = "") -> Q:
    """Return the filter for campaigns whose patients and results the user may see.

    `campaign` is the path to the campaign from the filtered model, such as "patient__campaign".
    """
    match reach_of(user):
        case Reach.EVERYTHING:
            return Q()
        case Reach.OWN:
            return Q((f"{campaign}__created_by" if campaign else "created_by", user))
        case Reach.NOTHING:
            return Q(pk__in=[])


# The same as a condition on a campaign `c`, with the values of `viewer_values`.
RESULTS_VISIBLE = f"""(%(viewer_reach)s = '{Reach.EVERYTHING}'
       OR (%(viewer_reach)s = '{Reach.OWN}' AND c.created_by_id = %(viewer)s))"""


def viewer_values(user: User) -> dict[str, str | UUID]:
    return {"viewer_reach": reach_of(user).value, "viewer": user.pk}
