from typing import Self, TypeVar

from django.db.models import Model, Q

from campaigns.visibility import Reach, reach_of, results_visible_to
from core.models.base import TenantQuerySet
from workspaces.access import Can, may
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


class VisibleWithAssignee(VisibleWithPatient[M_co]):
    """For rows with a `patient` and an `assignee`."""

    def visible_to(self, user: User) -> Self:
        """Return what `VisibleWithPatient` does, and the rows assigned to a user who may answer."""
        if reach_of(user) != Reach.OWN or not may(user, Can.ANSWER_PATIENTS):
            return super().visible_to(user)
        own = results_visible_to(user, campaign="patient__campaign")
        return self.filter(own | Q(assignee=user), patient__data_deleted_at=None)
