"""What an import leaves behind: the new patients, the refused rows and the totals."""

from collections import Counter
from typing import Any

from core import sql
from patients.imports import doctors, verdicts
from patients.imports.timestamps import Moments
from patients.models import Import

# Ordered by key, so that two imports of the same people wait for each other and never in a circle.
# Whoever came in meanwhile by another way stays as they are.
PATIENTS = """
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
CAME_IN_MEANWHILE = """
UPDATE import_row r SET outcome = 'known'
WHERE outcome = 'new' AND row NOT IN (
    SELECT row_number FROM patients_patient
    WHERE source_id = %(source)s AND row_number IS NOT NULL)
"""

# Of a known patient a list says one thing anew: whether the appointment took place.
CHANGED = """
UPDATE patients_patient p SET did_not_happen = told.did_not_happen, updated_at = %(now)s
FROM (
    SELECT p.id, r.did_not_happen
    FROM import_row r JOIN patients_patient p ON p.id = r.patient_id
    WHERE r.outcome = 'known' AND r.is_change
      AND p.workspace_id = %(workspace)s AND p.data_deleted_at IS NULL
    ORDER BY p.id
    FOR NO KEY UPDATE OF p
) told
WHERE p.id = told.id
"""

FORGET_EARLIER = "DELETE FROM patients_importproblem WHERE source_id = %(source)s"
PROBLEMS = """
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

# The most frequent are enough to see how a column was understood.
STATUSES = """
SELECT status, lower(status_words) AS words, min(status_words) AS written, count(*) AS rows
FROM import_row WHERE status IS NOT NULL AND outcome <> 'refused'
GROUP BY status, lower(status_words) ORDER BY count(*) DESC, lower(status_words)
LIMIT 30
"""


def save_patients(listed: Import, moments: Moments) -> None:
    values = _values(listed, moments)
    sql.execute(CHANGED, **values)
    doctors.spell(listed.workspace_id)
    saved = sql.execute(PATIENTS, **values, by=listed.uploaded_by_name)
    new = sql.fetch("SELECT count(*) AS rows FROM import_row WHERE outcome = 'new'")[0]["rows"]
    if saved < new:
        sql.execute(CAME_IN_MEANWHILE, **values)


def save_problems(listed: Import, moments: Moments) -> None:
    """Those of the check make room for those of the run."""
    sql.execute(FORGET_EARLIER, source=listed.pk)
    sql.execute(PROBLEMS, **_values(listed, moments))


def totals(listed: Import) -> dict[str, Any]:
    """The fields of an import. Each row is counted once, and either asked about or not for one
    reason."""
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


def _values(listed: Import, moments: Moments) -> dict[str, Any]:
    return {
        "now": moments.now,
        "workspace": listed.workspace_id,
        "campaign": listed.campaign_id,
        "source": listed.pk,
    }
