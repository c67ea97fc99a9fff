"""Take an import back, as long as none of its patients was asked."""

from django.db import OperationalError, transaction
from django.utils.translation import gettext as _

from core import audit, sql
from core.errors import ProblemError
from core.models.base import TenantQuerySet
from patients.imports import files
from patients.imports.status_change import change_status
from patients.models import Import, ImportStatus, Patient
from workspaces.models import User

LOCK = "SELECT FROM patients_patient WHERE source_id = %(source)s FOR UPDATE NOWAIT"
DELETE = "DELETE FROM patients_patient WHERE source_id = %(source)s"


def can_be_taken_back(listed: Import) -> bool:
    """Return whether pages offer it. `take_back` checks again after taking its locks."""
    return listed.status == ImportStatus.DONE and not _is_asked(listed)


@transaction.atomic
def take_back(*, listed: Import, by: User) -> int:
    """Delete the patients of an import and return how many they were.

    They are locked first, so that the planner cannot ask them any more. NOWAIT, because the planner
    may hold some of them and wait for others: waiting for it could deadlock, and a patient that it
    holds is about to be asked anyway.
    """
    if not change_status(listed, ImportStatus.DONE, to=ImportStatus.TAKEN_BACK):
        raise ProblemError(_("Only a list that is in can be taken back. Reload the page."))
    if not _lock(listed) or _is_asked(listed):
        raise ProblemError(
            _("Some patients of this list have been asked already, so it cannot be taken back.")
        )
    deleted = sql.execute(DELETE, source=listed.pk)
    files.delete_file_and_copies(listed)
    audit.record(
        "import.take_back", listed, by=by, name=listed.campaign.name, old={"rows_new": deleted}
    )
    return deleted


def _lock(listed: Import) -> bool:
    try:
        with transaction.atomic():
            sql.execute(LOCK, source=listed.pk)
    except OperationalError:
        return False
    return True


def _is_asked(listed: Import) -> bool:
    return _patients(listed).exclude(asked_at=None).exists()


def _patients(listed: Import) -> TenantQuerySet[Patient]:
    return Patient.objects.within(listed.workspace_id).filter(source=listed)
