"""May this patient be asked, if not why, and from when: the planner's rule, in SQL and Python.

It puts three rules together: what the patient's row says (`patients.row_eligibility`), that nothing
is ever sent to the address (`patients.suppressions`), and that a person must decide before
(`patients.holds`). The planner asks everybody whose time has come, the home page shows who comes
next, a patient's page says when, and an import forecasts it. They all use this module. A test holds
SQL, Python and the planner against each other (`tests/messaging/dispatch/test_eligibility.py`).

What concerns the campaign and not the patient (it is running, credits are left, the practice is
open) is in `messaging.dispatch.planning`.

The SQL is about a patient `pt` and a campaign `c`, with the workspace's settings as the intervals
`c.rest` (`rest_of` in Python) and `c.undo`.
"""

from datetime import datetime, timedelta

from django.db.models import Q

from campaigns.timing import OLDEST_USEFUL_ASK
from patients import holds, row_eligibility, suppressions
from patients.models import Patient, SuppressionReason
from workspaces.models import Workspace

REST = "w.ask_again_after_days * interval '1 day'"
UNDO = "w.undo_minutes * interval '1 minute'"

# Neither suppressed nor held.
ADDRESSES_ARE_FREE = f"""NOT {suppressions.IS_SUPPRESSED}
          AND NOT {holds.IS_HELD}"""

# The first reason against asking the patient that shows in the row or for its addresses, or NULL.
# An opt-out of the address counts like one in the row.
REASON_AGAINST_ASKING = f"""CASE
              WHEN pt.data_deleted_at IS NULL AND {suppressions.HAS_OPTED_OUT}
                  THEN '{row_eligibility.OPTED_OUT}'
              ELSE coalesce({row_eligibility.REASON_AGAINST_ASKING}, CASE
              WHEN {suppressions.IS_SUPPRESSED} THEN '{row_eligibility.NUMBER_DEAD}'
              WHEN {holds.IS_HELD} THEN '{row_eligibility.HELD}' END) END"""

# Whether the planner may ask the patient, apart from the time and from earlier asks.
MAY_BE_PLANNED = f"""{row_eligibility.MAY_BE_ASKED}
          AND {ADDRESSES_ARE_FREE}"""

# Whether the planner may remind the patient.
MAY_BE_REMINDED = f"""NOT pt.did_not_happen AND {row_eligibility.MAY_BE_WRITTEN_TO}
          AND {ADDRESSES_ARE_FREE}"""

# Of an ask at the same phone or e-mail: from when another one may follow.
MAY_FOLLOW_FROM = """CASE WHEN o.appointment_time = pt.appointment_time THEN 'infinity'
                              ELSE o.asked_at + c.rest END"""

# One row with the time `at` from which the planner asks the patient, or NULL if it never does:
# after the delay, when the list can no longer be undone, and when the days of rest are over since
# the phone or the e-mail was asked. The rows of others show that, and `asked_before_at` where such
# a row was emptied since. Nobody is asked twice about one appointment. The practice's hours come on
# top (`campaigns.timing.ask_time`).
#
# By the indexes `patient_by_phone` and `patient_by_email`. What was asked before `least(...)` can
# neither be too recent nor about the same appointment. Without the OFFSET 0 PostgreSQL looks up the
# asks twice, for the condition and for the result.
ASK_FROM = f"""
            SELECT CASE WHEN earliest.at < {row_eligibility.DUE_AT} + %(oldest)s
                   THEN earliest.at END AS at
            FROM (
                SELECT greatest(
                    {row_eligibility.DUE_AT},
                    CASE WHEN pt.source_id IS NOT NULL THEN pt.created_at + c.undo END,
                    pt.asked_before_at + c.rest,
                    CASE WHEN pt.phone <> '' THEN (
                        SELECT max({MAY_FOLLOW_FROM}) FROM patients_patient o
                        WHERE o.workspace_id = pt.workspace_id AND o.phone = pt.phone
                          AND o.phone <> ''
                          AND o.asked_at > least(%(now)s - c.rest, pt.appointment_time)) END,
                    CASE WHEN pt.email <> '' THEN (
                        SELECT max({MAY_FOLLOW_FROM}) FROM patients_patient o
                        WHERE o.workspace_id = pt.workspace_id AND o.email = pt.email
                          AND o.email <> ''
                          AND o.asked_at > least(%(now)s - c.rest, pt.appointment_time)) END
                ) AS at
                OFFSET 0
            ) earliest"""  # noqa: S608 - built from constants


def rest_of(workspace: Workspace) -> timedelta:
    """Return how long nobody is asked again after an ask."""
    return timedelta(days=workspace.ask_again_after_days)


def undo_of(workspace: Workspace) -> timedelta:
    """Return how long a new list can be undone, and so nobody on it is asked."""
    return timedelta(minutes=workspace.undo_minutes)


def ask_from(patient: Patient, *, now: datetime) -> datetime | None:
    """Return ASK_FROM for a patient in Python. Its campaign and workspace are loaded with it."""
    due, asks = row_eligibility.due_at(patient), _earlier_asks(patient, now=now)
    if any(appointment_time == patient.appointment_time for _, appointment_time in asks):
        return None
    times = [due, *_ends_of_rest(patient, asks)]
    if patient.source_id:
        times.append(patient.created_at + undo_of(patient.workspace))
    return max(times) if max(times) < due + OLDEST_USEFUL_ASK else None


def rest_ends_at(patient: Patient, *, now: datetime) -> datetime | None:
    """Return when the days of rest since earlier asks of this person end, None without any."""
    return max(_ends_of_rest(patient, _earlier_asks(patient, now=now)), default=None)


def _earlier_asks(patient: Patient, *, now: datetime) -> list[tuple[datetime, datetime]]:
    """Return when the addresses were asked, each with the appointment that it was about."""
    since = min(now - rest_of(patient.workspace), patient.appointment_time)
    asks = Patient.objects.within(patient.workspace_id).filter(
        same_address(patient), asked_at__gt=since
    )
    return [
        (asked_at, appointment_time)
        for asked_at, appointment_time in asks.values_list("asked_at", "appointment_time")
        if asked_at
    ]


def _ends_of_rest(patient: Patient, asks: list[tuple[datetime, datetime]]) -> list[datetime]:
    rest = rest_of(patient.workspace)
    asked = [patient.asked_before_at, *(asked_at for asked_at, _ in asks)]
    return [asked_at + rest for asked_at in asked if asked_at]


def reason_against_asking(patient: Patient) -> str:
    """Return REASON_AGAINST_ASKING for a patient in Python, by digest. Empty where SQL has NULL."""
    if patient.data_deleted_at:
        return row_eligibility.ERASED
    rows = suppressions.find_suppressions(patient.workspace_id, (patient.phone, patient.email))
    suppressed = set(rows.values_list("reason", flat=True))
    if suppressed - {SuppressionReason.UNREACHABLE}:
        return row_eligibility.OPTED_OUT
    if reason := row_eligibility.reason_against_asking(patient):
        return reason
    if suppressed:
        return row_eligibility.NUMBER_DEAD
    return row_eligibility.HELD if holds.is_held(patient) else ""


def same_address(patient: Patient) -> Q:
    """Match the rows of people with this phone or e-mail, the patient's own among them."""
    same = Q(pk=None)
    if patient.phone:
        same |= Q(phone=patient.phone)
    if patient.email:
        same |= Q(email=patient.email)
    return same
