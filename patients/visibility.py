"""Which patients a user sees with everything that came of their visits, as a Q and as SQL.

Those of the campaigns whose results the user sees (`campaigns/visibility.py`). A member who is a
doctor of the clinic (Settings → Doctors) also sees her own patients in everybody's campaigns, and
nothing else of these campaigns.
"""

from uuid import UUID

from django.db.models import Q

from campaigns.visibility import (
    RESULTS_VISIBLE,
    Reach,
    reach_of,
    results_visible_to,
    viewer_values,
)
from patients.doctors.spellings import spellings_of_member
from workspaces.access import Can, may
from workspaces.models import User


def patients_visible_to(user: User, *, patient: str = "") -> Q:
    """Return the filter for the patients, or for rows of patients, that the user may see.

    `patient` is the path to the patient from the filtered model, such as "message__patient".
    """
    path = f"{patient}__" if patient else ""
    visible = results_visible_to(user, campaign=f"{path}campaign")
    # Read first, because "or her own" would make everybody else's lists read all patients.
    own = own_spellings(user)
    return visible | Q((f"{path}doctor_name__in", own)) if own else visible


# The same as a condition on a patient `pt` and its campaign `c`, with `patient_viewer_values`.
PATIENT_VISIBLE = f"({RESULTS_VISIBLE} OR pt.doctor_name = ANY(%(own_spellings)s::text[]))"


def patient_viewer_values(user: User) -> dict[str, str | UUID | list[str]]:
    return {**viewer_values(user), "own_spellings": own_spellings(user)}


def own_spellings(user: User) -> list[str]:
    """Return the names by which patients carry this member as their doctor."""
    return spellings_of_member(user) if sees_own_patients_elsewhere(user) else []


def sees_own_patients_elsewhere(user: User) -> bool:
    """Return False for those who see everything: "or her own" would make less of an empty Q."""
    return reach_of(user) == Reach.OWN and may(user, Can.SEE_PATIENTS)
