"""The part of `patients.eligibility` that the patient's own row decides, in SQL, `Q` and Python.

The model has an index of this rule, so this module imports no model. A test holds the dialects
against each other (`tests/patients/test_row_eligibility.py`).

The SQL is about a patient `pt`. Where it needs the campaign's delay, that is a row `c`.
"""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Q, Value
from django.db.models.expressions import CombinedExpression

from campaigns.timing import MAX_DELAY_HOURS, OLDEST_USEFUL_ASK

if TYPE_CHECKING:  # the model has the index of this rule, so it imports this module
    from patients.models import Patient

# No campaign asks about an appointment that is older than this.
TOO_OLD_TO_ASK = timedelta(hours=MAX_DELAY_HOURS) + OLDEST_USEFUL_ASK

# The reasons against asking, in the order in which they count. Those up to DID_NOT_HAPPEN show in
# the row; the next two are of the addresses (`patients.eligibility`). ASKED_LATELY comes third
# where this appointment was asked about, and last where another one of the same address was. The
# sentences are in `patients.lists.problem_messages`.
ERASED, OPTED_OUT, ASKED_LATELY = "erased", "opted_out", "asked_lately"
NO_CONSENT, DID_NOT_HAPPEN = "no_consent", "did_not_happen"
NUMBER_DEAD, HELD, TOO_OLD = "number_dead", "held", "too_old"

# Whether anything may be sent to the patient, as far as the row says.
MAY_BE_WRITTEN_TO = """pt.has_consent AND pt.opted_out_at IS NULL
          AND pt.data_deleted_at IS NULL"""

# Whether the patient may be asked, whatever the time.
MAY_BE_ASKED = f"""pt.asked_at IS NULL AND NOT pt.did_not_happen
          AND {MAY_BE_WRITTEN_TO}"""

# Almost the same, for the partial index `patient_to_ask`: an index keeps its condition, and lists
# change `did_not_happen` in both directions.
TO_ASK_INDEX = Q(asked_at=None, has_consent=True, opted_out_at=None, data_deleted_at=None)
MAY_BE_ASKED_Q = TO_ASK_INDEX & Q(did_not_happen=False)

# For the partial index `patient_to_ask_early`: the few for whom a member chose the time.
TO_ASK_EARLY_INDEX = TO_ASK_INDEX & Q(ask_due_at__isnull=False)

# The first reason against writing to the patient, or NULL. `did_not_happen` concerns asks alone.
REASON = f"""CASE WHEN pt.data_deleted_at IS NOT NULL THEN '{ERASED}'
                WHEN pt.opted_out_at IS NOT NULL THEN '{OPTED_OUT}'
                WHEN NOT pt.has_consent THEN '{NO_CONSENT}'
                WHEN pt.did_not_happen THEN '{DID_NOT_HAPPEN}' END"""

# The first reason against asking the patient that shows in the row, or NULL.
REASON_AGAINST_ASKING = f"""CASE WHEN pt.data_deleted_at IS NOT NULL THEN '{ERASED}'
                WHEN pt.opted_out_at IS NOT NULL THEN '{OPTED_OUT}'
                WHEN pt.asked_at IS NOT NULL THEN '{ASKED_LATELY}'
                WHEN NOT pt.has_consent THEN '{NO_CONSENT}'
                WHEN pt.did_not_happen THEN '{DID_NOT_HAPPEN}' END"""

# When to ask about the appointment: after the campaign's delay, or earlier if a member said so.
DUE_AT = """coalesce(pt.ask_due_at,
                   pt.appointment_time + c.scheduled_hours_after * interval '1 hour')"""

# The ask would still be about "your visit today". An index on `appointment_time` serves this.
IN_TIME = """pt.appointment_time
              > %(now)s - c.scheduled_hours_after * interval '1 hour' - %(oldest)s
          AND (pt.ask_due_at IS NULL OR pt.ask_due_at > %(now)s - %(oldest)s)"""


def may_be_written_to(patient: "Patient") -> bool:
    """Return MAY_BE_WRITTEN_TO for a patient in Python."""
    return reason_against(patient) in ("", DID_NOT_HAPPEN)


def may_be_asked(patient: "Patient") -> bool:
    """Return MAY_BE_ASKED for a patient in Python."""
    return not reason_against_asking(patient)


def reason_against(patient: "Patient") -> str:
    """Return REASON for a patient in Python; an empty string where SQL has NULL."""
    return _first_reason(patient, was_asked=False)


def reason_against_asking(patient: "Patient") -> str:
    """Return REASON_AGAINST_ASKING for a patient in Python, likewise."""
    return _first_reason(patient, was_asked=patient.asked_at is not None)


def reason_against_new(*, has_consent: bool, did_not_happen: bool) -> str:
    """Return REASON_AGAINST_ASKING for a row of a list, before it is a patient."""
    if not has_consent:
        return NO_CONSENT
    return DID_NOT_HAPPEN if did_not_happen else ""


def _first_reason(patient: "Patient", *, was_asked: bool) -> str:
    if patient.data_deleted_at:
        return ERASED
    if patient.opted_out_at:
        return OPTED_OUT
    if was_asked:
        return ASKED_LATELY
    return reason_against_new(
        has_consent=patient.has_consent, did_not_happen=patient.did_not_happen
    )


def due_at(patient: "Patient") -> datetime:
    """Return DUE_AT for a patient in Python. The campaign is loaded with it."""
    return patient.ask_due_at or _usually_due_at(patient)


def is_in_time(patient: "Patient", now: datetime) -> bool:
    """Return IN_TIME for a patient in Python."""
    oldest = now - OLDEST_USEFUL_ASK
    return _usually_due_at(patient) > oldest and due_at(patient) > oldest


def in_time_q(now: datetime) -> Q:
    """Return IN_TIME as a `Q`."""
    is_due_lately = Q(ask_due_at=None) | Q(ask_due_at__gt=now - OLDEST_USEFUL_ASK)
    return Q(appointment_time__gt=_oldest_useful_appointment(now)) & is_due_lately


def _usually_due_at(patient: "Patient") -> datetime:
    return patient.appointment_time + timedelta(hours=patient.campaign.scheduled_hours_after)


def _oldest_useful_appointment(now: datetime) -> CombinedExpression:
    delay = ExpressionWrapper(
        F("campaign__scheduled_hours_after") * Value(timedelta(hours=1)), DurationField()
    )
    return Value(now - OLDEST_USEFUL_ASK, DateTimeField()) - delay
