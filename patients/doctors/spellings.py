"""Which doctor is meant by the name that a patient carries, in Python and in SQL.

Patients keep the spelling of their list. Code that shows, filters or counts doctors resolves it
here, so merging two doctors and undoing it changes a few rows, and every figure follows at once. A
name that no list registered is shown as it is.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, NullIf

from patients.models.doctor import Doctor
from patients.people.doctor_names import doctor_key
from workspaces.models import User, Workspace

# For each registered spelling the name as shown, in a workspace.
SHOWN_NAMES = """
SELECT DISTINCT ON (d.name) d.name AS spelling,
       CASE WHEN person.shown_name <> '' THEN person.shown_name ELSE person.name END AS shown
FROM patients_doctor d
JOIN patients_doctor person ON person.id = coalesce(d.shown_as_id, d.id)
WHERE d.workspace_id = %(workspace)s
ORDER BY d.name"""

# The name as shown of the doctor of patient `pt`. The index on workspace and name finds the row.
SHOWN_NAME_OF_PATIENT = """coalesce((
    SELECT CASE WHEN person.shown_name <> '' THEN person.shown_name ELSE person.name END
    FROM patients_doctor d
    JOIN patients_doctor person ON person.id = coalesce(d.shown_as_id, d.id)
    WHERE d.workspace_id = pt.workspace_id AND d.name = pt.doctor_name LIMIT 1), pt.doctor_name)"""

# Whether the doctor of patient `pt` has a review link of her own. It is in whichever row of the
# doctor has one, because a merge moves nothing.
PATIENT_HAS_OWN_REVIEW_LINK = """EXISTS (
    SELECT FROM patients_doctor d
    JOIN patients_doctor linked ON linked.workspace_id = d.workspace_id
     AND coalesce(linked.shown_as_id, linked.id) = coalesce(d.shown_as_id, d.id)
    WHERE d.workspace_id = pt.workspace_id AND d.name = pt.doctor_name
      AND (linked.google_place_id <> '' OR linked.google_review_link <> ''))"""


def shown_name_of(patient: str = "") -> Coalesce:
    """Return the name as shown as an expression. `patient` is the path from the model to it."""
    path = f"{patient}__" if patient else ""
    rows = Doctor.objects.filter(
        workspace=OuterRef(f"{path}workspace"), name=OuterRef(f"{path}doctor_name")
    )
    shown = Coalesce(
        NullIf("shown_as__shown_name", Value("")),
        "shown_as__name",
        NullIf("shown_name", Value("")),
        "name",
    )
    return Coalesce(Subquery(rows.values_list(shown)[:1]), f"{path}doctor_name")


class ShownNames(dict[str, str]):
    """Names as shown by the spellings that patients carry. Other names are shown as they are."""

    def __missing__(self, spelling: str) -> str:
        return spelling


def shown_names(workspace: Workspace | UUID) -> ShownNames:
    """Return the names as shown of all spellings of a workspace, for pages with many patients."""
    rows = Doctor.objects.within(workspace).select_related("shown_as")
    pairs = ((row.name, (row.shown_as or row).shown) for row in rows)
    return ShownNames((spelling, shown) for spelling, shown in pairs if spelling != shown)


def find_rows(workspace: Workspace | UUID, name: str) -> list[Doctor]:
    """Return the rows of the doctor with this name, in whatever spelling: her own row first."""
    rows = Doctor.objects.within(workspace)
    found = rows.of_people(rows.filter(key=doctor_key(name)).person_ids()).order_by("pk")
    return own_row_first(found.select_related("photo").defer("photo__data"))


def own_row_first(rows: Iterable[Doctor]) -> list[Doctor]:
    return sorted(rows, key=lambda row: row.merged_into_id is not None)


def shown_name(workspace: Workspace | UUID, spelling: str) -> str:
    rows = find_rows(workspace, spelling) if spelling else []
    return rows[0].shown if rows else spelling


def spellings_of(workspace: Workspace | UUID, name: str) -> list[str]:
    """Return all names by which patients may carry the doctor with this name."""
    return sorted({name, *(row.name for row in find_rows(workspace, name))})


def spellings_of_member(user: User) -> list[str]:
    """Return the names of the doctor that this member is, or nothing."""
    if user.workspace_id is None:
        return []
    rows = Doctor.objects.within(user.workspace_id).of_member(user)
    return list(rows.values_list("name", flat=True))
