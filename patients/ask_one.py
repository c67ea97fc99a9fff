"""Ask one patient who has just been here, entered by a member at the desk.

The patient is saved like one that another system sends (`patients.upsert`), so all rules about
addresses, opt-outs, names of doctors and days of rest hold. The difference is that a member waits
for the answer: a patient who would not be asked is refused with a sentence, and nothing is saved.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from django.db import DatabaseError, OperationalError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.timezone import localdate, localtime
from django.utils.translation import gettext as _

from campaigns import readiness
from campaigns.models import Campaign, CampaignStatus
from core import audit, sql
from core.errors import ProblemError
from core.locks import Lock
from patients import ask_refusals, eligibility, row_eligibility, strangers, upsert
from patients.lists.problem_messages import problem_message
from patients.models import Patient
from patients.standing import standing_of
from workspaces.models import Practice, User
from workspaces.vetting.trust import require_may_send

# A patient who is asked at once can still be taken back for so long.
TIME_TO_UNDO = timedelta(seconds=15)

DELETE = "DELETE FROM patients_patient WHERE id = %(patient)s"


class AskRefusedError(ProblemError):
    """The patient would not be asked. `field` is the field of the form that it is about."""

    def __init__(self, message: str, *, field: str | None = None, planned: UUID | None = None):
        super().__init__(message)
        self.field = field
        self.planned = planned  # the patient who is to be asked instead


@dataclass(frozen=True)
class Visit:
    """What a member enters about a patient who has just been here."""

    campaign: Campaign
    name: str
    phone: str
    email: str
    doctor_name: str
    channel: str
    consent_words: str
    at_once: bool  # ask now instead of after the campaign's delay

    def record(self, *, now: datetime) -> upsert.SentRecord:
        values: Mapping[str, Any] = {
            "name": self.name,
            "phone": self.phone,
            "email": self.email,
            "appointment_time": now,
            "doctor_name": self.doctor_name,
            "preferred_channel": self.channel,
            "has_consent": True,
            "consent_words": self.consent_words,
        }
        return upsert.SentRecord(0, values)

    def ask_key(self, key: UUID) -> UUID:
        """Return the same key for the same form, however often it is sent.

        A form that was corrected is another form: it asks another person, or is refused because
        this person is to be asked already.
        """
        entered = {**vars(self), "campaign": str(self.campaign.pk)}
        return uuid5(key, json.dumps(entered, sort_keys=True))


@transaction.atomic
def ask_one(*, visit: Visit, key: UUID, by: User) -> Patient:
    """Save a patient who will be asked, or raise AskRefusedError. Return it as it was saved.

    `key` comes with the form: the same form sent twice asks once. The lock makes two members who
    enter the same person take turns, so that the second one sees the ask of the first.
    """
    campaign, now = visit.campaign, timezone.now()
    sql.advisory_lock(Lock.ASK_NOW.of(campaign.workspace_id))
    ask_key = visit.ask_key(key)
    if asked := _find(campaign, ask_key=ask_key):
        return asked
    _require_running(campaign)
    sent = [visit.record(now=now)]
    (result,) = upsert.save_records(campaign=campaign, sent=sent, by=by, source="")
    if result.outcome is upsert.UpsertOutcome.REFUSED or result.warning:
        reason = result.warning or result.reason or ""
        raise AskRefusedError(
            problem_message(reason, result.details), field=ask_refusals.field_of(reason)
        )
    patient = _find(campaign, pk=result.id)
    assert patient  # it was just saved
    patient.ask_key = ask_key
    patient.ask_due_at = now + TIME_TO_UNDO if visit.at_once else None
    patient.save(update_fields=["ask_key", "ask_due_at"])
    _require_asked(patient, now=now)
    audit.record("patient.ask", patient, by=by, name=campaign.name, new={"at_once": visit.at_once})
    return patient


@transaction.atomic
def undo_ask(*, patient: Patient, by: User) -> None:
    """Delete a patient who was entered here, unless the planner has taken it.

    NOWAIT: the planner holds a patient only to ask it, so it is too late then.
    """
    too_late = ProblemError(_("The message has left already, so it cannot be taken back."))
    rows = Patient.objects.within(patient.workspace_id).filter(pk=patient.pk)
    try:
        with transaction.atomic():
            locked = rows.select_for_update(nowait=True).first()
    except OperationalError:
        raise too_late from None
    if locked is None:
        return
    if locked.asked_at:
        raise too_late
    try:
        with transaction.atomic():
            sql.execute(DELETE, patient=locked.pk)
    except DatabaseError:
        # They have written to us, or somebody works on their case.
        raise ProblemError(
            _("Something else belongs to this patient by now. Opt them out instead.")
        ) from None
    audit.record("patient.ask_undo", locked, by=by, name=patient.campaign.name)


def leaves_at(patient: Patient) -> datetime | None:
    """Return when the patient will be asked. None: they were asked, or will not be."""
    return standing_of(patient).ask_at


def describe_time(at: datetime, practice: Practice, *, now: datetime) -> str:
    """Return the time in the practice's zone, in words that continue “leaves …”."""
    local, today = localtime(at, practice.zone), localdate(now, practice.zone)
    values = {"time": date_format(local, "TIME_FORMAT")}
    if local.date() == today:
        return _("at %(time)s") % values
    if local.date() == today + timedelta(days=1):
        return _("tomorrow at %(time)s") % values
    return _("on %(day)s at %(time)s") % {"day": date_format(local, "SHORT_DATE_FORMAT"), **values}


def _find(campaign: Campaign, **fields: UUID | None) -> Patient | None:
    patients = Patient.objects.within(campaign.workspace_id).filter(**fields)
    patient = patients.select_related("campaign__practice", "campaign__workspace").first()
    if patient:
        patient.workspace = campaign.workspace
    return patient


def _require_running(campaign: Campaign) -> None:
    """Refuse if the campaign or the clinic cannot ask anybody now."""
    require_may_send(campaign.workspace)
    if campaign.status != CampaignStatus.ACTIVE:
        raise AskRefusedError(ask_refusals.not_active(campaign), field="campaign")
    if campaign.workspace.message_credits <= 0:
        raise AskRefusedError(ask_refusals.no_credits())


def _require_asked(patient: Patient, *, now: datetime) -> None:
    """Refuse a patient who is planned for today already, or who would not be asked."""
    practice = patient.campaign.practice
    if planned := _find_planned_today(patient, now=now):
        when = describe_time(leaves_at(planned) or now, planned.campaign.practice, now=now)
        refusal = ask_refusals.already_planned(when, practice=planned.campaign.practice.name)
        if planned.ask_key:
            refusal = f"{refusal} {ask_refusals.undo_first()}"
        raise AskRefusedError(refusal, planned=planned.pk)
    standing = standing_of(patient)
    if standing.reason == row_eligibility.ASKED_LATELY:
        possible = eligibility.rest_ends_at(patient, now=now)
        day = localtime(possible, practice.zone) if possible else None
        raise AskRefusedError(ask_refusals.asked_lately(day))
    if standing.reason:
        raise AskRefusedError(ask_refusals.message_of(standing.reason))
    if missing := readiness.missing_for_channel(patient.workspace, patient.preferred_channel):
        raise AskRefusedError(" ".join(missing), field="channel")
    address = patient.phone if patient.preferred_channel != "EMAIL" else patient.email
    if not strangers.is_room_for(patient.workspace, address, now=now):
        raise AskRefusedError(ask_refusals.no_room())


def _find_planned_today(patient: Patient, *, now: datetime) -> Patient | None:
    """Return another appointment of this person that will be asked about today."""
    waiting = (
        Patient.objects.within(patient.workspace_id)
        .filter(eligibility.same_address(patient), row_eligibility.MAY_BE_ASKED_Q)
        .filter(row_eligibility.in_time_q(now), campaign__status=CampaignStatus.ACTIVE)
        .exclude(pk=patient.pk)
        .select_related("campaign__practice", "campaign__workspace")
        .order_by("appointment_time", "pk")
    )
    for other in waiting[:10]:
        other.workspace = patient.workspace
        zone, at = other.campaign.practice.zone, leaves_at(other)
        today = localdate(now, zone)
        is_today = localdate(other.appointment_time, zone) == today
        if at and (is_today or localdate(at, zone) <= today):
            return other
    return None
