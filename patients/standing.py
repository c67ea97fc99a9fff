"""What a patient's page says: asked, waiting for a certain time, or not to be asked, and why."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone

from campaigns.models import CampaignStatus
from campaigns.timing import ask_time
from patients import eligibility, row_eligibility
from patients.models import NOT_ERASED, Patient

# The reasons are those of `row_eligibility`. Their sentences: `patients.lists.problem_messages`.
WAITING, ASKED = "waiting", "asked"


@dataclass(frozen=True)
class PatientStanding:
    state: str
    reason: str = ""
    ask_at: datetime | None = None


def standing_of(patient: Patient) -> PatientStanding:
    """Return whether the patient was asked, else when they will be, else why they will not."""
    now = timezone.now()
    if patient.asked_at:
        return PatientStanding(ASKED)
    if reason := _reason_against(patient, now):
        return PatientStanding(WAITING, reason)
    if not (ask_from := eligibility.ask_from(patient, now=now)):
        return PatientStanding(WAITING, row_eligibility.ASKED_LATELY)
    due, earliest = row_eligibility.due_at(patient), max(ask_from, now)
    ask_at = ask_time(patient.campaign.practice, due=due, earliest=earliest)
    return PatientStanding(WAITING, "" if ask_at else row_eligibility.TOO_OLD, ask_at)


def others_of(patient: Patient) -> Q:
    """Match the other appointments of people with this phone or e-mail."""
    return eligibility.same_address(patient) & NOT_ERASED & ~Q(pk=patient.pk)


def _reason_against(patient: Patient, now: datetime) -> str:
    if reason := eligibility.reason_against_asking(patient):
        return reason
    if not row_eligibility.is_in_time(patient, now):
        return row_eligibility.TOO_OLD
    if patient.campaign.status in (CampaignStatus.COMPLETED, CampaignStatus.CANCELLED):
        return "campaign_ended"
    return ""
