"""Which campaigns a user may see with their patients and results, as a Q and as SQL."""

from uuid import UUID

from django.db.models import Q

from workspaces.models import Role, User


def results_visible_to(user: User, *, campaign: str = "") -> Q:
    """Return the filter for campaigns whose patients and results the user may see.

    Owners see those of all campaigns, doctors those of their own, receptionists none. `campaign`
    is the path to the campaign from the filtered model, such as "patient__campaign".
    """
    if user.role == Role.OWNER:
        return Q()
    if user.role == Role.DOCTOR:
        return Q((f"{campaign}__created_by" if campaign else "created_by", user))
    return Q(pk__in=[])


# The same as a condition on a campaign `c`, with the values of `viewer_values`.
RESULTS_VISIBLE = f"""(%(viewer_role)s = '{Role.OWNER}'
       OR (%(viewer_role)s = '{Role.DOCTOR}' AND c.created_by_id = %(viewer)s))"""


def viewer_values(user: User) -> dict[str, str | UUID]:
    return {"viewer_role": user.role, "viewer": user.pk}
