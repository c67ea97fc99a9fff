"""What a patient's page says: asked, waiting for a certain time, or not to be asked, and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from campaigns.models import CampaignStatus
from campaigns.timing import next_opening
from patients import eligibility, holds, suppressions
from patients.models import NOT_ERASED, Patient, PatientState, SuppressionReason

# The reasons are those of `eligibility`. Their sentences: `patients.lists.problem_messages`.
WAITING, ASKED = "waiting", "asked"


@dataclass(frozen=True)
class PatientStanding:
    state: str
    reason: str = ""
    ask_at: datetime | None = None


def state(patient: Patient, now: datetime) -> PatientState:
    """Return the state for a list's row, from the row alone, to save queries.

    `standing_of` also looks at suppressions, holds and earlier asks.
    """
    reason = eligibility.reason_against(patient)
    if reason == eligibility.OPTED_OUT:
        return PatientState.OPTED_OUT
    if patient.asked_at:
        return PatientState.ASKED
    if reason in PatientState:
        return PatientState(reason)
    in_time = eligibility.is_in_time(patient, now)
    return PatientState.WAITING if in_time else PatientState.MISSED


def standing_of(patient: Patient) -> PatientStanding:
    """Return whether the patient was asked, else when they will be, else why they will not."""
    now = timezone.now()
    if patient.asked_at:
        return PatientStanding(ASKED)
    if reason := _reason_against(patient, now):
        return PatientStanding(WAITING, reason)
    earliest = max(eligibility.due_at(patient), _undo_until(patient), now)
    return PatientStanding(WAITING, ask_at=next_opening(patient.campaign.practice, earliest))


def others_of(patient: Patient) -> Q:
    """Match the other appointments of people with this phone or e-mail."""
    same = Q(pk=None)
    if patient.phone:
        same |= Q(phone=patient.phone)
    if patient.email:
        same |= Q(email=patient.email)
    return same & NOT_ERASED & ~Q(pk=patient.pk)


def _reason_against(patient: Patient, now: datetime) -> str:
    if reason := eligibility.reason_against(patient) or _reason_of_addresses(patient):
        return reason
    if not eligibility.is_in_time(patient, now):
        return eligibility.TOO_OLD
    if patient.campaign.status in (CampaignStatus.COMPLETED, CampaignStatus.CANCELLED):
        return "campaign_ended"
    return "asked_lately" if _was_asked_lately(patient, now) else ""


def _reason_of_addresses(patient: Patient) -> str:
    rows = suppressions.find_suppressions(patient.workspace_id, (patient.phone, patient.email))
    if reasons := set(rows.values_list("reason", flat=True)):
        is_dead = reasons == {SuppressionReason.UNREACHABLE}
        return "number_dead" if is_dead else eligibility.OPTED_OUT
    return "held" if holds.is_held(patient) else ""


def _was_asked_lately(patient: Patient, now: datetime) -> bool:
    rest = timedelta(days=patient.workspace.ask_again_after_days)
    since = max(eligibility.due_at(patient), now) - rest
    if patient.asked_before_at and patient.asked_before_at > since:
        return True
    others = Patient.objects.within(patient.workspace_id).filter(others_of(patient))
    same = Q(asked_at__isnull=False, appointment_time=patient.appointment_time)
    return others.filter(Q(asked_at__gt=since) | same).exists()


def _undo_until(patient: Patient) -> datetime:
    """Return until when the import of this patient can be undone. Nobody is asked before."""
    undo = timedelta(minutes=patient.workspace.undo_minutes)
    return patient.created_at + (undo if patient.source_id else timedelta())
