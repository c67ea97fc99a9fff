from typing import Self, TypeVar

from django.db.models import Model

from core.models.base import TenantQuerySet
from patients.visibility import patients_visible_to
from workspaces.models import User

M_co = TypeVar("M_co", bound=Model, covariant=True)


class VisibleWithPatient(TenantQuerySet[M_co]):
    """For rows with a `patient`."""

    def visible_to(self, user: User) -> Self:
        """Return the rows of patients whom the user sees, without erased ones.

        Patients with an undecided opt-out are among them: a hold stops what is sent to a patient,
        and hides nothing that they wrote about their visit.
        """
        shown = self.filter(patient__data_deleted_at=None)
        return shown.filter(patients_visible_to(user, patient="patient"))
