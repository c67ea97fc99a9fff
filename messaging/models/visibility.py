from typing import Self, TypeVar

from django.db.models import Model, Q

from campaigns.visibility import Reach, reach_of
from core.models.base import TenantQuerySet
from patients.visibility import patients_visible_to
from workspaces.access import Can, may
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


class VisibleWithAssignee(VisibleWithPatient[M_co]):
    """For rows with a `patient` and an `assignee`."""

    def visible_to(self, user: User) -> Self:
        """Return what `VisibleWithPatient` does, and the rows assigned to a user who may answer."""
        if reach_of(user) != Reach.OWN or not may(user, Can.ANSWER_PATIENTS):
            return super().visible_to(user)
        own = patients_visible_to(user, patient="patient")
        return self.filter(own | Q(assignee=user), patient__data_deleted_at=None)
