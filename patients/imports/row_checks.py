"""Decide the outcome of each staged row, in a few statements over all rows.

`outcome` is new, known or refused. `reason` says why the row leads to no message, by the order of
`patients.row_eligibility`. Without a reason the person will be asked at `ask_at`.

The order matters. An erased person is refused before anything else is looked at. Of a repeated row
one is kept. Asks of patients whose data retention has deleted (PAST) are looked up after the
patients themselves (KNOWN), so that a patient deleted in between is found by one of the two.
"""

from django.db.models import Q

from campaigns.models import Campaign
from core import sql
from patients import past_asks, row_eligibility
from patients.models import Suppression, SuppressionReason

# Autovacuum never analyzes a temporary table, and the statements below join it.
ANALYZE = "ANALYZE import_row"

# A copy of the suppressions with its own statistics. With outdated ones of a table that had just
# grown, PostgreSQL compared every row with every suppression.
SUPPRESSIONS = """
DROP TABLE IF EXISTS pg_temp.import_suppression;
CREATE TEMPORARY TABLE import_suppression ON COMMIT DROP AS
SELECT address, digest, reason = 'ERASURE' OR address = '' AS is_erased,
       CASE WHEN reason <> 'UNREACHABLE' THEN at END AS opted_out_at
FROM patients_suppression WHERE workspace_id = %(workspace)s;
ANALYZE import_suppression
"""

# By the digest, because most erased addresses are stored only as digests.
ERASED = """
UPDATE import_row r SET outcome = 'refused', reason = 'erased', details = '{}', cells = NULL,
    warning = NULL, status = NULL, status_words = NULL
FROM (
    SELECT DISTINCT r.row FROM import_row r
    CROSS JOIN LATERAL (VALUES (r.phone_digest), (r.email_digest)) own(digest)
    JOIN import_suppression suppression
      ON suppression.digest = own.digest AND suppression.is_erased
    WHERE r.outcome = 'new'
) erased
WHERE r.row = erased.row
"""

# Of two rows with one phone and time, one whose visit took place is kept.
REPEATED = """
UPDATE import_row r SET outcome = 'known', reason = 'repeated'
FROM (
    SELECT row, row_number() OVER (
        PARTITION BY coalesce(nullif(phone, ''), email), appointment_time
        ORDER BY did_not_happen IS TRUE, row) AS place
    FROM import_row WHERE outcome = 'new'
) same
WHERE r.row = same.row AND same.place > 1
"""

# A known patient keeps its data, so that its own consent and opt-out decide whether it is asked.
# Only `did_not_happen` is taken from the newest list that has it.
#
# Patients are looked up by their two unique keys. The LIMIT keeps PostgreSQL from reading all
# patients of a big campaign for a short list.
SET_KNOWN = f"""\
UPDATE import_row r SET outcome = 'known', patient_id = pt.id,
    asked_before_at = pt.asked_before_at,
    is_change = pt.did_not_happen <> pt.did_not_happen_before AND pt.data_deleted_at IS NULL,
    reason = coalesce({row_eligibility.REASON_AGAINST_ASKING},
                      CASE WHEN r.ask_at IS NULL THEN '{row_eligibility.TOO_OLD}' END)
"""  # noqa: S608 - built from constants
KNOWN_COLUMNS = """r.row, p.id, p.asked_at, p.asked_before_at, p.opted_out_at, p.data_deleted_at,
        p.has_consent, p.did_not_happen AS did_not_happen_before,
        coalesce(r.did_not_happen, p.did_not_happen) AS did_not_happen"""
KNOWN = f"""{SET_KNOWN}FROM (
    SELECT {KNOWN_COLUMNS} FROM import_row r
    CROSS JOIN LATERAL (
        SELECT * FROM patients_patient p
        WHERE p.campaign_id = %(campaign)s AND p.appointment_time = r.appointment_time
          AND p.phone = r.phone AND p.phone <> ''
        LIMIT 1
    ) p
    WHERE r.outcome = 'new' AND r.phone <> ''
    UNION ALL
    SELECT {KNOWN_COLUMNS} FROM import_row r
    CROSS JOIN LATERAL (
        SELECT * FROM patients_patient p
        WHERE p.campaign_id = %(campaign)s AND p.appointment_time = r.appointment_time
          AND p.email = r.email AND p.phone = '' AND p.email <> ''
        LIMIT 1
    ) p
    WHERE r.outcome = 'new' AND r.phone = ''
) pt
WHERE r.row = pt.row
"""  # noqa: S608 - built from constants

# A list that adds a phone finds the patient that was saved with the e-mail alone.
CORRECTED = f"""{SET_KNOWN}FROM (
    SELECT {KNOWN_COLUMNS} FROM import_row r
    CROSS JOIN LATERAL (
        SELECT * FROM patients_patient p
        WHERE p.campaign_id = %(campaign)s AND p.appointment_time = r.appointment_time
          AND p.email = r.email AND p.phone = '' AND p.email <> ''
        LIMIT 1
    ) p
    WHERE r.outcome = 'new' AND r.phone <> '' AND r.email <> ''
) pt
WHERE r.row = pt.row
"""  # noqa: S608 - built from constants

# A copy with its own statistics, like the suppressions.
PAST_ASKS = """
DROP TABLE IF EXISTS pg_temp.import_asked;
CREATE TEMPORARY TABLE import_asked ON COMMIT DROP AS
SELECT digest, appointment_time, asked_at FROM patients_pastask WHERE workspace_id = %(workspace)s;
ANALYZE import_asked
"""

# The same appointment is not saved again. Another one waits until the days of rest are over.
PAST = f"""
UPDATE import_row r SET
    asked_before_at = greatest(r.asked_before_at, past.asked_at),
    outcome = CASE WHEN past.is_same THEN 'known' ELSE r.outcome END,
    reason = CASE WHEN past.is_same THEN coalesce(r.reason, '{row_eligibility.ASKED_LATELY}')
                  ELSE r.reason END
FROM (
    SELECT r.row, max(asked.asked_at) AS asked_at,
           bool_or(asked.appointment_time = r.appointment_time) AS is_same
    FROM import_row r
    CROSS JOIN LATERAL (VALUES (r.phone_digest), (r.email_digest)) own(digest)
    JOIN import_asked asked ON asked.digest = own.digest
    WHERE r.outcome <> 'refused'
    GROUP BY r.row
) past
WHERE r.row = past.row
"""  # noqa: S608 - built from constants

# The new patient gets the opt-out, like patients that existed when it arrived.
SUPPRESSED = f"""
UPDATE import_row r SET opted_out_at = suppressed.opted_out_at,
    reason = CASE WHEN suppressed.opted_out_at IS NOT NULL THEN '{row_eligibility.OPTED_OUT}'
                  WHEN r.reason <> '{row_eligibility.TOO_OLD}' THEN r.reason
                  ELSE '{row_eligibility.NUMBER_DEAD}' END
FROM (
    SELECT r.row, min(suppression.opted_out_at) AS opted_out_at
    FROM import_row r
    CROSS JOIN LATERAL (VALUES (r.phone), (r.email)) own(address)
    JOIN import_suppression suppression ON suppression.address = own.address
    WHERE r.outcome <> 'refused' AND own.address <> ''
      AND coalesce(r.reason, '') NOT IN ('{row_eligibility.ERASED}', 'repeated')
    GROUP BY r.row
) suppressed
WHERE r.row = suppressed.row
"""  # noqa: S608 - built from constants

# Addresses that wrote a possible opt-out are not asked until a person has decided what it meant.
HELD = f"""
UPDATE import_row r SET reason = '{row_eligibility.HELD}'
FROM (
    SELECT DISTINCT r.row FROM import_row r
    CROSS JOIN LATERAL (VALUES (r.phone), (r.email)) own(address)
    JOIN patients_hold hold ON hold.workspace_id = %(workspace)s AND hold.decision = ''
        AND hold.address = own.address
    WHERE r.outcome <> 'refused' AND own.address <> ''
      AND (r.reason IS NULL OR r.reason = '{row_eligibility.TOO_OLD}')
) held
WHERE r.row = held.row
"""  # noqa: S608 - built from constants


def check_rows(campaign: Campaign, *, with_digests: bool) -> None:
    """Run all checks in one round trip."""
    erased, past = ([ERASED], [PAST_ASKS, PAST]) if with_digests else ([], [])
    statements = [
        ANALYZE,
        SUPPRESSIONS,
        *erased,
        REPEATED,
        KNOWN,
        CORRECTED,
        *past,
        SUPPRESSED,
        HELD,
    ]
    sql.execute(";".join(statements), workspace=campaign.workspace_id, campaign=campaign.pk)


def needs_digests(campaign: Campaign) -> bool:
    """Return whether the workspace has people who are recognised only by digests.

    Without any, the import is spared the time to hash all addresses.
    """
    has_erased_people = (
        Suppression.objects.within(campaign.workspace_id)
        .filter(Q(address="") | Q(reason=SuppressionReason.ERASURE))
        .exists()
    )
    return has_erased_people or past_asks.are_known(campaign.workspace_id)
