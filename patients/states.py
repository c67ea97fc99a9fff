"""The state of a patient in a list: the label of a row, and the filter by state.

Both look at the row alone, to save queries. `standing.standing_of`, for the page of one patient,
also looks at suppressions, holds and earlier asks.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from patients import row_eligibility

if TYPE_CHECKING:  # the model's QuerySet has the filter, so it imports this module
    from patients.models import Patient


class PatientState(models.TextChoices):
    WAITING = "waiting", _("Waiting to be asked")
    ASKED = "asked", _("Asked")
    MISSED = "missed", _("Too late to ask")
    NO_CONSENT = "no_consent", _("No consent")
    DID_NOT_HAPPEN = "did_not_happen", _("Cancelled or missed")
    OPTED_OUT = "opted_out", _("Opted out")


STATES_BY_REASON = {
    row_eligibility.OPTED_OUT: PatientState.OPTED_OUT,
    row_eligibility.ASKED_LATELY: PatientState.ASKED,
    row_eligibility.NO_CONSENT: PatientState.NO_CONSENT,
    row_eligibility.DID_NOT_HAPPEN: PatientState.DID_NOT_HAPPEN,
}


def state_of(patient: "Patient", now: datetime) -> PatientState:
    """Return the label: the first of the states that apply. An erased patient has none."""
    if state := STATES_BY_REASON.get(row_eligibility.reason_against_asking(patient)):
        return state
    in_time = row_eligibility.is_in_time(patient, now)
    return PatientState.WAITING if in_time else PatientState.MISSED


def in_state_q(state: str, now: datetime) -> Q:
    """Match the patients to whom this state applies, also those whose label is an earlier one.

    Who looks for the patients that were asked also finds those that opted out afterwards.
    """
    if state == PatientState.OPTED_OUT:
        return Q(opted_out_at__isnull=False)
    if state == PatientState.ASKED:
        return Q(asked_at__isnull=False)
    if state == PatientState.NO_CONSENT:
        return Q(has_consent=False)
    if state == PatientState.DID_NOT_HAPPEN:
        return row_eligibility.TO_ASK_INDEX & Q(did_not_happen=True)
    in_time = row_eligibility.in_time_q(now)
    if state == PatientState.MISSED:
        return row_eligibility.MAY_BE_ASKED_Q & ~in_time
    # The second condition follows from the first, but only it can use the index: it does not
    # depend on the campaign.
    oldest = now - row_eligibility.TOO_OLD_TO_ASK
    return row_eligibility.MAY_BE_ASKED_Q & in_time & Q(appointment_time__gt=oldest)
