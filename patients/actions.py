"""What is done to one patient. Nobody is asked twice: whoever was asked stays asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from core import audit
from core.errors import ProblemError
from patients import consent, past_asks
from patients.models import Patient, Suppression, SuppressionReason
from workspaces.models import User

# The trail outlives a person's right to be forgotten: it says that these changed, not to what.
OF_THE_PERSON = frozenset({"name", "phone", "email"})
HIDDEN = "•••"


@dataclass(frozen=True)
class PatientDetails:
    """What a form or the API says about a patient."""

    name: str
    phone: str
    email: str
    preferred_channel: str
    language: str


@transaction.atomic
def change(
    *, patient: Patient, details: PatientDetails, by: User, seen_at: datetime | None = None
) -> Patient:
    """`seen_at` is the state that the changes were made upon; none is asked of the house itself."""
    patient = _locked(patient)
    if seen_at and patient.updated_at != seen_at:
        raise ProblemError(
            _(
                "Someone changed this patient while you were writing. What you typed is still"
                " here: compare it with the patient as it is now, and save again if it should"
                " hold."
            )
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
    """Who was asked already is not asked again; who was not is asked by the new time."""
    patient = _locked(patient)
    past_asks.remember_past_asks([patient])
    _save(patient, {"appointment_time": to}, "patient.move", by)
    return patient


@transaction.atomic
def opt_out(*, patient: Patient, by: User, note: str = "") -> None:
    """For all campaigns: it is the person's phone and e-mail that are never written to again."""
    addresses = sorted(filter(None, (patient.phone, patient.email)))
    for address in addresses:
        consent.suppress_address(
            workspace_id=patient.workspace_id,
            address=address,
            reason=SuppressionReason.STAFF,
            note=note,
            by=by.name,
        )
    audit.record("patient.opt_out", patient, by=by, name=patient.campaign.name)


@transaction.atomic
def record_consent(*, patient: Patient, words: str, by: User) -> None:
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
    """What was agreed to before stays as evidence of what was sent before."""
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
    with _one_appointment():
        patient.save(update_fields=[*new, "updated_at"])
    audit.record(
        action,
        patient,
        by=by,
        name=patient.campaign.name,
        old=_without_the_person(old),
        new=_without_the_person(new),
    )


def _without_the_person(values: dict[str, Any]) -> dict[str, Any]:
    return {
        field: HIDDEN if field in OF_THE_PERSON and value else value
        for field, value in values.items()
    }


def _opted_out_at(patient: Patient, details: PatientDetails) -> datetime | None:
    """A new number does not bring anybody back, and may be of somebody who is away already."""
    addresses = list(filter(None, (details.phone, details.email)))
    found = Suppression.objects.within(patient.workspace_id).filter(
        digest__in=[consent.hash_address(address) for address in addresses]
    )
    if any(one.reason == SuppressionReason.ERASURE for one in found):
        raise ProblemError(
            _("Someone with this phone or e-mail asked to be erased, so it cannot be stored.")
        )
    away = [one.at for one in found if one.reason != SuppressionReason.UNREACHABLE]
    return patient.opted_out_at or min(away, default=None)


@contextmanager
def _one_appointment() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if "patients_patient_once_by" not in str(error):
            raise
        raise ProblemError(
            _("This person already has an appointment at that time in this campaign.")
        ) from error


def _locked(patient: Patient) -> Patient:
    """As it stands now, not as the page that was open since this morning remembers it."""
    rows = Patient.objects.within(patient.workspace_id).select_related("campaign")
    found = rows.select_for_update(of=("self",), no_key=True).filter(pk=patient.pk).first()
    if found is None or found.data_deleted_at:
        raise ProblemError(_("The data of this patient was erased a moment ago."))
    return found
