"""The patients of a campaign, the lists they came in, and addresses that must not be asked."""

from patients.models.doctor import Doctor
from patients.models.first_contact import FirstContact
from patients.models.hold import Hold, HoldDecision
from patients.models.imports import UNDER_WAY, DateOrder, Import, ImportProblem, ImportStatus
from patients.models.past_ask import PastAsk
from patients.models.patient import (
    E164,
    NOT_ERASED,
    Patient,
    PatientQuerySet,
    new_token,
)
from patients.models.suppression import Suppression, SuppressionReason
from patients.states import PatientState

__all__ = [
    "E164",
    "NOT_ERASED",
    "UNDER_WAY",
    "DateOrder",
    "Doctor",
    "FirstContact",
    "Hold",
    "HoldDecision",
    "Import",
    "ImportProblem",
    "ImportStatus",
    "PastAsk",
    "Patient",
    "PatientQuerySet",
    "PatientState",
    "Suppression",
    "SuppressionReason",
    "new_token",
]
