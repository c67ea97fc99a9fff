"""Say that two names are one doctor, or two, and take it back.

A merge sets `merged_into` of one row. `shown_as` of that row and of all that were merged into it
before follows the chain to its end. So separating a row again restores exactly what was before the
merge, whatever was merged in between, and no patient is touched either way: an import that is
saving patients of one of the names is not disturbed, and does not make anybody wait.
"""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit, sql
from core.errors import ProblemError
from core.locks import Lock
from patients.doctors.reach import require_may_regroup
from patients.models import Doctor
from workspaces.models import User


@transaction.atomic
def merge_doctors(*, doctor: Doctor, into: Doctor, by: User) -> None:
    """Make `doctor` a spelling of `into`, whose name and details are shown from now on."""
    rows = lock_rows(doctor.workspace_id)
    doctor, into = person_of(rows, doctor), person_of(rows, into)
    if doctor.pk == into.pk:
        raise ProblemError(_("These names are one doctor already."))
    _require_one_member(rows, doctor, into)
    require_may_regroup(family_of(rows, doctor) + family_of(rows, into), by=by)
    doctor.merged_into = into
    _save_chains(rows)
    audit.record("doctor.merge", into, by=by, name=into.shown, new={"spelling": doctor.shown})


@transaction.atomic
def separate_doctor(*, doctor: Doctor, by: User) -> None:
    """Undo a merge: the row is a doctor of its own again, with what was merged into it before."""
    rows = lock_rows(doctor.workspace_id)
    doctor = rows[doctor.pk]
    if doctor.merged_into_id is None:
        raise ProblemError(_("This name is a separate doctor already."))
    before = rows[doctor.person_id]
    require_may_regroup(family_of(rows, before), by=by)
    doctor.merged_into = None
    _save_chains(rows)
    audit.record("doctor.separate", doctor, by=by, name=doctor.shown, old={"doctor": before.shown})


@transaction.atomic
def keep_apart(*, doctor: Doctor, by: User) -> None:
    """Record that the name is not one of the doctors with a similar name."""
    doctor = lock_rows(doctor.workspace_id)[doctor.pk]
    if doctor.reviewed_at is None:
        doctor.reviewed_at = timezone.now()
        doctor.save(update_fields=["reviewed_at", "updated_at"])
        audit.record("doctor.keep_apart", doctor, by=by, name=doctor.shown)


def lock_rows(workspace_id: UUID) -> dict[UUID, Doctor]:
    """Return the rows of a workspace. Nobody else merges or edits its doctors until we are done.

    The rows themselves are not locked, because an import holds those of its list until all of its
    patients are saved.
    """
    sql.advisory_lock(Lock.DOCTORS.of(workspace_id))
    return {row.pk: row for row in Doctor.objects.within(workspace_id)}


def family_of(rows: dict[UUID, Doctor], person: Doctor) -> list[Doctor]:
    """Return all rows of a doctor."""
    return [row for row in rows.values() if row.person_id == person.pk]


def person_of(rows: dict[UUID, Doctor], doctor: Doctor) -> Doctor:
    """Return the row by which the doctor of this row is shown."""
    return rows[rows[doctor.pk].person_id]


def _require_one_member(rows: dict[UUID, Doctor], doctor: Doctor, into: Doctor) -> None:
    """Refuse to merge two members: one of them would see the other's patients."""
    family = family_of(rows, doctor) + family_of(rows, into)
    members = {row.member_id for row in family if row.member_id}
    if len(members) > 1:
        raise ProblemError(
            _("Both names are linked to a member of the team. Remove one of the links first.")
        )


def _save_chains(rows: dict[UUID, Doctor]) -> None:
    """Set `shown_as` of all rows to the end of their chain, and save those that changed."""
    changed = [row for row in rows.values() if _follow_chain(rows, row)]
    now = timezone.now()
    for row in changed:
        row.updated_at = now
    Doctor.objects.bulk_update(changed, ["merged_into", "shown_as", "updated_at"])


def _follow_chain(rows: dict[UUID, Doctor], row: Doctor) -> bool:
    end = row
    while end.merged_into_id:
        end = rows[end.merged_into_id]
    before, row.shown_as = row.shown_as_id, end if end.pk != row.pk else None
    return bool(row.shown_as_id != before)
