"""Where a patient stands: asked, about to be, or not, and then why not."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from campaigns.models import CampaignStatus
from campaigns.timing import OLDEST_USEFUL_ASK, opens_next
from patients import consent, holds
from patients.models import NOT_ERASED, Patient, PatientState, Suppression, SuppressionReason

# Lists use the same codes; their messages are in `patients.lists.problem_messages`.
WAITING, ASKED = "waiting", "asked"


@dataclass(frozen=True)
class PatientStanding:
    state: str
    reason: str = ""
    ask_at: datetime | None = None

    @property
    def is_held_back(self) -> bool:
        return bool(self.reason)


def state(patient: Patient, now: datetime) -> PatientState:
    """What a row of a list says: from the row alone, and so perhaps not the whole truth."""
    if patient.opted_out_at:
        return PatientState.OPTED_OUT
    if patient.asked_at:
        return PatientState.ASKED
    if not patient.has_consent:
        return PatientState.NO_CONSENT
    if patient.did_not_happen:
        return PatientState.DID_NOT_HAPPEN
    is_late = _due(patient) + OLDEST_USEFUL_ASK <= now
    return PatientState.MISSED if is_late else PatientState.WAITING


def standing_of(patient: Patient) -> PatientStanding:
    now = timezone.now()
    if patient.asked_at:
        return PatientStanding(ASKED)
    if reason := _held_back(patient, now):
        return PatientStanding(WAITING, reason)
    ask_at = opens_next(patient.campaign.practice, max(_due(patient), _undone_until(patient), now))
    return PatientStanding(WAITING, ask_at=ask_at)


def others_of(patient: Patient) -> Q:
    """Other appointments of whoever has this phone or e-mail."""
    same = Q(pk=None)
    if patient.phone:
        same |= Q(phone=patient.phone)
    if patient.email:
        same |= Q(email=patient.email)
    return same & NOT_ERASED & ~Q(pk=patient.pk)


def _held_back(patient: Patient, now: datetime) -> str:
    of_row = state(patient, now)
    if of_row in (PatientState.OPTED_OUT, PatientState.NO_CONSENT, PatientState.DID_NOT_HAPPEN):
        return str(of_row)
    if reason := _of_the_address(patient):
        return reason
    if _due(patient) + OLDEST_USEFUL_ASK <= now:
        return "too_old"
    if patient.campaign.status in (CampaignStatus.COMPLETED, CampaignStatus.CANCELLED):
        return "campaign_ended"
    return "asked_lately" if _was_asked_lately(patient, now) else ""


def _of_the_address(patient: Patient) -> str:
    if patient.opted_out_at:
        return "opted_out"
    if away := _suppressed(patient):
        return "number_dead" if away == {SuppressionReason.UNREACHABLE} else "opted_out"
    return "held" if holds.is_held(patient) else ""


def _suppressed(patient: Patient) -> set[str]:
    digests = [
        consent.hash_address(address) for address in (patient.phone, patient.email) if address
    ]
    rows = Suppression.objects.within(patient.workspace_id).filter(digest__in=digests)
    return set(rows.values_list("reason", flat=True))


def _was_asked_lately(patient: Patient, now: datetime) -> bool:
    rest = timedelta(days=patient.workspace.ask_again_after_days)
    since = max(_due(patient), now) - rest
    if patient.asked_before_at and patient.asked_before_at > since:
        return True
    others = Patient.objects.within(patient.workspace_id).filter(others_of(patient))
    same = Q(asked_at__isnull=False, appointment_time=patient.appointment_time)
    return others.filter(Q(asked_at__gt=since) | same).exists()


def _undone_until(patient: Patient) -> datetime:
    """Until then the list that it came in can be taken back, so nobody is asked."""
    undo = timedelta(minutes=patient.workspace.undo_minutes)
    return patient.created_at + (undo if patient.source_id else timedelta())


def _due(patient: Patient) -> datetime:
    return patient.appointment_time + timedelta(hours=patient.campaign.scheduled_hours_after)
