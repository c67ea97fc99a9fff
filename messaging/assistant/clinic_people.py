"""The names of a clinic's members and doctors, which are masked in the texts of patients."""

from collections.abc import Sequence

from workspaces.models import Workspace

# A group of practices has some hundred. More would make the masking of each text slow.
MAX_NAMES = 500


def names_of_clinic_people(workspace: Workspace) -> Sequence[str]:
    members = workspace.members.values_list("name", flat=True)[:MAX_NAMES]
    doctors = workspace.doctors.values_list("name", flat=True)[:MAX_NAMES]
    return sorted({*members, *doctors})
