from typing import Self, TypeVar

from django.db.models import Model

from campaigns.visibility import results_visible_to
from core.models.base import TenantQuerySet
from workspaces.models import User

M_co = TypeVar("M_co", bound=Model, covariant=True)


class VisibleWithPatient(TenantQuerySet[M_co]):
    """For rows with a `patient`."""

    def visible_to(self, user: User) -> Self:
        """Return the rows of campaigns whose results the user sees, without erased patients.

        Patients with an undecided opt-out are among them: a hold stops what is sent to a patient,
        and hides nothing that they wrote about their visit.
        """
        shown = self.filter(patient__data_deleted_at=None)
        return shown.filter(results_visible_to(user, campaign="patient__campaign"))
