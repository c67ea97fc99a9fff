"""Save what an import leaves: the new patients, the rows with problems and the totals."""

from collections import Counter
from typing import Any

from core import sql
from patients.imports import doctors, verdicts
from patients.imports.ask_times import AskTimes
from patients.models import Import

# Ordered by the unique key, so that two imports of the same people wait for each other but cannot
# deadlock. Patients that another transaction has inserted meanwhile are left unchanged.
INSERT_PATIENTS = """
INSERT INTO patients_patient
    (id, created_at, updated_at, workspace_id, campaign_id, source_id, row_number, name, phone,
     email, appointment_time, appointment_type, doctor_name, preferred_channel, language,
     has_consent, consent_at, consent_words, consent_by, opted_out_at, asked_before_at,
     did_not_happen, review_clicks, token)
SELECT uuid7(), %(now)s, %(now)s, %(workspace)s, %(campaign)s, %(source)s,
       CASE WHEN %(source)s::uuid IS NOT NULL THEN row END, name, phone, email,
       appointment_time, appointment_type, doctor_name, channel, language, has_consent,
       CASE WHEN has_consent THEN %(now)s END, consent_words,
       CASE WHEN has_consent THEN %(by)s ELSE '' END, opted_out_at, asked_before_at,
       coalesce(did_not_happen, false), 0, token
FROM import_row
WHERE outcome = 'new'
ORDER BY phone, email, appointment_time
ON CONFLICT DO NOTHING
"""
MARK_INSERTED_BY_OTHERS = """
UPDATE import_row r SET outcome = 'known'
WHERE outcome = 'new' AND row NOT IN (
    SELECT row_number FROM patients_patient
    WHERE source_id = %(source)s AND row_number IS NOT NULL)
"""

# A list changes one thing of a known patient: whether the appointment took place.
UPDATE_VISITS = """
UPDATE patients_patient p SET did_not_happen = changed.did_not_happen, updated_at = %(now)s
FROM (
    SELECT p.id, r.did_not_happen
    FROM import_row r JOIN patients_patient p ON p.id = r.patient_id
    WHERE r.outcome = 'known' AND r.is_change
      AND p.workspace_id = %(workspace)s AND p.data_deleted_at IS NULL
    ORDER BY p.id
    FOR NO KEY UPDATE OF p
) changed
WHERE p.id = changed.id
"""

DELETE_PROBLEMS = "DELETE FROM patients_importproblem WHERE source_id = %(source)s"
INSERT_PROBLEMS = """
INSERT INTO patients_importproblem
    (id, created_at, updated_at, workspace_id, source_id, row_number, reason, details, cells,
     is_warning)
SELECT uuid7(), %(now)s, %(now)s, %(workspace)s, %(source)s, row,
       CASE WHEN outcome = 'refused' THEN reason ELSE warning END, details, coalesce(cells, '[]'),
       outcome <> 'refused'
FROM import_row WHERE outcome = 'refused' OR warning IS NOT NULL
"""
TOTALS = """
SELECT outcome, reason, count(*) AS rows, min(ask_at) AS first, max(ask_at) AS last,
       count(*) FILTER (WHERE is_change) AS changed,
       count(*) FILTER (WHERE warning IS NOT NULL AND outcome <> 'refused') AS warned
FROM import_row GROUP BY outcome, reason
"""

# The most frequent statuses, to show how the status column was read.
STATUSES = """
SELECT status, lower(status_words) AS words, min(status_words) AS written, count(*) AS rows
FROM import_row WHERE status IS NOT NULL AND outcome <> 'refused'
GROUP BY status, lower(status_words) ORDER BY count(*) DESC, lower(status_words)
LIMIT 30
"""


def save_patients(listed: Import, ask_times: AskTimes) -> None:
    """Insert the new patients and update the visits of known ones."""
    values = _values(listed, ask_times)
    sql.execute(UPDATE_VISITS, **values)
    doctors.unify_spellings(listed.workspace_id)
    saved = sql.execute(INSERT_PATIENTS, **values, by=listed.uploaded_by_name)
    new = sql.fetch("SELECT count(*) AS rows FROM import_row WHERE outcome = 'new'")[0]["rows"]
    if saved < new:
        sql.execute(MARK_INSERTED_BY_OTHERS, **values)


def save_problems(listed: Import, ask_times: AskTimes) -> None:
    """Replace the problems of an earlier check."""
    sql.execute(DELETE_PROBLEMS, source=listed.pk)
    sql.execute(INSERT_PROBLEMS, **_values(listed, ask_times))


def compute_totals(listed: Import) -> dict[str, Any]:
    """Return the count fields of an import, with its forecast and preview.

    Each row is counted once: as one that will be asked, or under one reason why it will not.
    """
    outcomes, reasons = Counter[str](), Counter[str | None]()
    lines = sql.fetch(TOTALS)
    for line in lines:
        outcomes[line["outcome"]] += line["rows"]
        reasons[line["reason"]] += line["rows"]
    will_be_asked = reasons.pop(None, 0)
    asks = [line for line in lines if line["reason"] is None]
    known = [line for line in asks if line["outcome"] == "known"]
    return {
        "rows_read": outcomes.total(),
        "rows_new": outcomes["new"],
        "rows_known": outcomes["known"],
        "rows_refused": outcomes["refused"],
        "rows_changed": sum(line["changed"] for line in lines),
        "rows_warned": sum(line["warned"] for line in lines),
        "statuses": [
            {"words": line["written"], "status": line["status"], "rows": line["rows"]}
            for line in sql.fetch(STATUSES)
        ],
        "will_be_asked": will_be_asked,
        "asked_anyway": sum(line["rows"] - line["changed"] for line in known),
        "first_ask_at": min((line["first"] for line in asks), default=None),
        "last_ask_at": max((line["last"] for line in asks), default=None),
        "forecast": dict(reasons.most_common()),
        "preview": verdicts.preview(listed),
    }


def _values(listed: Import, ask_times: AskTimes) -> dict[str, Any]:
    return {
        "now": ask_times.now,
        "workspace": listed.workspace_id,
        "campaign": listed.campaign_id,
        "source": listed.pk,
    }
