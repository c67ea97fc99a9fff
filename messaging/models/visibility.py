from typing import Self, TypeVar

from django.db.models import Model, Q

from campaigns.visibility import Reach, reach_of
from core.models.base import TenantQuerySet
from patients.models import Patient, PatientQuerySet
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


def patients_handled_by(user: User, *, patient: str = "") -> Q:
    """Return the filter for the patients whom a user sees, and for those given to them to answer.

    A conversation or a case that is assigned opens what belongs to it: the other of the two, what
    the patient sent, the decision about messages, and the alerts. It opens no page of the patient.
    `patient` is the path to the patient from the filtered model.
    """
    seen = patients_visible_to(user, patient=patient)
    if reach_of(user) != Reach.OWN or not may(user, Can.ANSWER_PATIENTS):
        return seen
    theirs = Patient.objects.filter(workspace=user.workspace_id)
    path = f"{patient}__in" if patient else "pk__in"
    talks = Q((path, theirs.filter(conversation__assignee=user).values("pk")))
    cases = Q((path, theirs.filter(feedback__assignee=user).values("pk")))
    return seen | talks | cases


def handled_patients(user: User) -> PatientQuerySet:
    """Return the patients whom the user handles, without erased ones."""
    return Patient.objects.filter(patients_handled_by(user), data_deleted_at=None)


class VisibleWithAssignee(VisibleWithPatient[M_co]):
    """For rows with a `patient` and an `assignee`."""

    def visible_to(self, user: User) -> Self:
        """Return the rows of the patients whom the user handles, without erased ones."""
        return self.filter(
            patients_handled_by(user, patient="patient"), patient__data_deleted_at=None
        )
