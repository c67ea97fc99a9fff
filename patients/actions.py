"""Actions on one patient. None of them makes a patient who was asked be asked again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.constraint_violations import explain_violation
from core.edit_conflicts import require_unchanged
from core.errors import ProblemError
from patients import past_asks, suppressions
from patients.models import Patient, SuppressionReason
from patients.suppressions import suppress_address
from workspaces.models import User

# The audit trail is kept after an erasure, so it says that these fields changed, but not to what.
PERSONAL_FIELDS = frozenset({"name", "phone", "email"})
HIDDEN = "•••"


@dataclass(frozen=True)
class PatientDetails:
    """The fields of a patient that a form or the API can change."""

    name: str
    phone: str
    email: str
    preferred_channel: str
    language: str


@transaction.atomic
def change(
    *, patient: Patient, details: PatientDetails, by: User, seen_at: datetime | None = None
) -> Patient:
    """Change a patient. With `seen_at`, refuse if the patient was changed since then."""
    patient = _locked(patient)
    require_unchanged(
        patient,
        seen_at,
        _(
            "Someone changed this patient while you were writing. What you typed is still"
            " here: compare it with the patient as it is now, and save again if it should"
            " hold."
        ),
    )
    values = vars(details)
    if details.phone != patient.phone or details.email != patient.email:
        values = values | {"opted_out_at": _opted_out_at(patient, details)}
        past_asks.remember_past_asks([patient])
        asked = past_asks.last_asked_at(patient.workspace_id, (details.phone, details.email))
        patient.asked_before_at = asked or patient.asked_before_at
        patient.save(update_fields=["asked_before_at"])
    _save(patient, values, "patient.change", by)
    return patient


@transaction.atomic
def move(*, patient: Patient, to: datetime, by: User) -> Patient:
    """Move the appointment. A patient who was not asked yet is asked by the new time."""
    patient = _locked(patient)
    past_asks.remember_past_asks([patient])
    _save(patient, {"appointment_time": to, "ask_due_at": None}, "patient.move", by)
    return patient


@transaction.atomic
def opt_out(*, patient: Patient, by: User, note: str = "") -> None:
    """Suppress the patient's phone and e-mail, for all campaigns."""
    for address in sorted(filter(None, (patient.phone, patient.email))):
        suppress_address(
            workspace_id=patient.workspace_id,
            address=address,
            reason=SuppressionReason.STAFF,
            note=note,
            by=by.name,
        )
    audit.record("patient.opt_out", patient, by=by, name=patient.campaign.name)


@transaction.atomic
def record_consent(*, patient: Patient, words: str, by: User) -> None:
    """Store that the patient has consented, with the words as evidence."""
    patient = _locked(patient)
    evidence = {"consent_at": timezone.now(), "consent_words": words, "consent_by": by.name}
    for field, value in {"has_consent": True, **evidence}.items():
        setattr(patient, field, value)
    patient.save(update_fields=["has_consent", *evidence, "updated_at"])
    audit.record(
        "patient.consent",
        patient,
        by=by,
        name=patient.campaign.name,
        new={"has_consent": True, "consent_words": words},
    )


@transaction.atomic
def withdraw_consent(*, patient: Patient, by: User) -> None:
    """End the consent. Its words stay, as evidence for what was sent until now."""
    patient = _locked(patient)
    if not patient.has_consent:
        return
    patient.has_consent = False
    patient.save(update_fields=["has_consent", "updated_at"])
    audit.record(
        "patient.withdraw",
        patient,
        by=by,
        name=patient.campaign.name,
        old={"has_consent": True},
        new={"has_consent": False},
    )


def _save(patient: Patient, values: dict[str, Any], action: str, by: User) -> None:
    before = audit.snapshot(patient, list(values))
    for field, value in values.items():
        setattr(patient, field, value)
    old, new = audit.changed_values(patient, before)
    if not new:
        return
    message = _("This person already has an appointment at that time in this campaign.")
    with explain_violation(
        message, "patients_patient_once_by_phone", "patients_patient_once_by_email"
    ):
        patient.save(update_fields=[*new, "updated_at"])
    audit.record(
        action,
        patient,
        by=by,
        name=patient.campaign.name,
        old=_hide_personal_fields(old),
        new=_hide_personal_fields(new),
    )


def _hide_personal_fields(values: dict[str, Any]) -> dict[str, Any]:
    return {
        field: HIDDEN if field in PERSONAL_FIELDS and value else value
        for field, value in values.items()
    }


def _opted_out_at(patient: Patient, details: PatientDetails) -> datetime | None:
    """Return when the patient opted out, by this row or through one of the new addresses."""
    rows = suppressions.find_suppressions(patient.workspace_id, (details.phone, details.email))
    if any(row.reason == SuppressionReason.ERASURE for row in rows):
        raise ProblemError(
            _("Someone with this phone or e-mail asked to be erased, so it cannot be stored.")
        )
    opted_out = [row.at for row in rows if row.reason != SuppressionReason.UNREACHABLE]
    return patient.opted_out_at or min(opted_out, default=None)


def _locked(patient: Patient) -> Patient:
    """Return the patient as it is now, locked. Refuse one that was erased meanwhile."""
    rows = Patient.objects.within(patient.workspace_id).select_related("campaign")
    locked = rows.select_for_update(of=("self",), no_key=True).filter(pk=patient.pk).first()
    if locked is None or locked.data_deleted_at:
        raise ProblemError(_("The data of this patient was erased a moment ago."))
    return locked
