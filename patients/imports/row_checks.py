"""What becomes of each staged row, in a few statements over all of them.

`outcome` is new, known or refused. `reason` says why nobody is asked because of it; without one
somebody is, at `ask_at`. The order matters: a person who was erased is refused whatever else holds,
of a row that stands twice the first one counts, and what was asked through rows that retention has
emptied since (PAST) is looked up after the rows themselves (KNOWN), so that one emptied in between
is seen by one of the two.
"""

from django.db.models import Q

from campaigns.models import Campaign
from core import sql
from patients import past_asks
from patients.models import Suppression, SuppressionReason

# A temporary table has no statistics until somebody takes them, and what follows joins it.
MEASURE = "ANALYZE import_row"

# Who must not be asked here, with statistics of its own: by those of a table that has just grown,
# PostgreSQL once compared every row with every suppression.
AWAY = """
DROP TABLE IF EXISTS pg_temp.import_away;
CREATE TEMPORARY TABLE import_away ON COMMIT DROP AS
SELECT address, digest, reason = 'ERASURE' OR address = '' AS is_erased,
       CASE WHEN reason <> 'UNREACHABLE' THEN at END AS opted_out_at
FROM patients_suppression WHERE workspace_id = %(workspace)s;
ANALYZE import_away
"""

# By the digest, which is all that is left of most.
ERASED = """
UPDATE import_row r SET outcome = 'refused', reason = 'erased', details = '{}', cells = NULL,
    warning = NULL, status = NULL, status_words = NULL
FROM (
    SELECT DISTINCT r.row FROM import_row r
    CROSS JOIN LATERAL (VALUES (r.phone_digest), (r.email_digest)) own(digest)
    JOIN import_away away ON away.digest = own.digest AND away.is_erased
    WHERE r.outcome = 'new'
) erased
WHERE r.row = erased.row
"""

# Of two people with one phone the one who came is asked.
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

# Probed by the two unique keys of a patient: the limit keeps PostgreSQL from reading all that a big
# campaign has for the sake of a short list. What is there stays as it is, so what was noted there
# decides whether that appointment is still to be asked about; only whether it took place is told by
# the newest list that says so.
SAYS_SO = """\
UPDATE import_row r SET outcome = 'known', patient_id = there.id,
    asked_before_at = there.asked_before_at,
    is_change = coalesce(r.did_not_happen <> there.did_not_happen, false)
                AND there.data_deleted_at IS NULL,
    reason = CASE WHEN there.data_deleted_at IS NOT NULL THEN 'erased'
                  WHEN there.asked_at IS NOT NULL THEN 'asked_lately'
                  WHEN coalesce(r.did_not_happen, there.did_not_happen) THEN 'did_not_happen'
                  WHEN NOT there.has_consent THEN 'no_consent'
                  WHEN there.opted_out_at IS NOT NULL THEN 'opted_out'
                  WHEN r.ask_at IS NULL THEN 'too_old' END
"""
KNOWN = f"""{SAYS_SO}FROM (
    SELECT r.row, p.* FROM import_row r
    CROSS JOIN LATERAL (
        SELECT * FROM patients_patient p
        WHERE p.campaign_id = %(campaign)s AND p.appointment_time = r.appointment_time
          AND p.phone = r.phone AND p.phone <> ''
        LIMIT 1
    ) p
    WHERE r.outcome = 'new' AND r.phone <> ''
    UNION ALL
    SELECT r.row, p.* FROM import_row r
    CROSS JOIN LATERAL (
        SELECT * FROM patients_patient p
        WHERE p.campaign_id = %(campaign)s AND p.appointment_time = r.appointment_time
          AND p.email = r.email AND p.phone = '' AND p.email <> ''
        LIMIT 1
    ) p
    WHERE r.outcome = 'new' AND r.phone = ''
) there
WHERE r.row = there.row
"""  # noqa: S608 - of constants

# A list that corrects a phone finds the row that was made with the e-mail alone.
CORRECTED = f"""{SAYS_SO}FROM (
    SELECT r.row, p.* FROM import_row r
    CROSS JOIN LATERAL (
        SELECT * FROM patients_patient p
        WHERE p.campaign_id = %(campaign)s AND p.appointment_time = r.appointment_time
          AND p.email = r.email AND p.phone = '' AND p.email <> ''
        LIMIT 1
    ) p
    WHERE r.outcome = 'new' AND r.phone <> '' AND r.email <> ''
) there
WHERE r.row = there.row
"""  # noqa: S608 - of constants

# With statistics of its own, like the suppressions.
ASKED = """
DROP TABLE IF EXISTS pg_temp.import_asked;
CREATE TEMPORARY TABLE import_asked ON COMMIT DROP AS
SELECT digest, appointment_time, asked_at FROM patients_pastask WHERE workspace_id = %(workspace)s;
ANALYZE import_asked
"""

# The same appointment is not taken in again; another one waits until the person's rest is over.
PAST = """
UPDATE import_row r SET
    asked_before_at = greatest(r.asked_before_at, past.asked_at),
    outcome = CASE WHEN past.is_same THEN 'known' ELSE r.outcome END,
    reason = CASE WHEN past.is_same THEN coalesce(r.reason, 'asked_lately') ELSE r.reason END
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
"""

# The patient carries the opt-out along, as those do who were here when it came.
SUPPRESSED = """
UPDATE import_row r SET opted_out_at = away.opted_out_at,
    reason = CASE WHEN r.reason IN ('no_consent', 'did_not_happen') THEN r.reason
                  WHEN away.opted_out_at IS NULL THEN 'number_dead' ELSE 'opted_out' END
FROM (
    SELECT r.row, min(away.opted_out_at) AS opted_out_at
    FROM import_row r
    CROSS JOIN LATERAL (VALUES (r.phone), (r.email)) own(address)
    JOIN import_away away ON away.address = own.address
    WHERE r.outcome <> 'refused' AND own.address <> ''
      AND coalesce(r.reason, 'too_old') IN ('too_old', 'no_consent', 'did_not_happen')
    GROUP BY r.row
) away
WHERE r.row = away.row
"""

# Before a person has decided, nobody is asked at an address that a doubtful text came from.
HELD = """
UPDATE import_row r SET reason = 'held'
FROM (
    SELECT DISTINCT r.row FROM import_row r
    CROSS JOIN LATERAL (VALUES (r.phone), (r.email)) own(address)
    JOIN patients_hold hold ON hold.workspace_id = %(workspace)s AND hold.decision = ''
        AND hold.address = own.address
    WHERE r.outcome <> 'refused' AND own.address <> '' AND r.reason IS NULL
) held
WHERE r.row = held.row
"""


def judge(campaign: Campaign, *, with_digests: bool) -> None:
    """One after the other in a single trip."""
    erased, past = ([ERASED], [ASKED, PAST]) if with_digests else ([], [])
    statements = [MEASURE, AWAY, *erased, REPEATED, KNOWN, CORRECTED, *past, SUPPRESSED, HELD]
    sql.execute(";".join(statements), workspace=campaign.workspace_id, campaign=campaign.pk)


def needs_digests(campaign: Campaign) -> bool:
    """Whether there is anybody here to be recognised by a digest, which takes time to make."""
    some_are_erased = (
        Suppression.objects.within(campaign.workspace_id)
        .filter(Q(address="") | Q(reason=SuppressionReason.ERASURE))
        .exists()
    )
    return some_are_erased or past_asks.are_known(campaign.workspace_id)
