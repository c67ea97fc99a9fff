"""What becomes of each staged row, in a few statements over all of them.

`outcome` is new, known or refused. `reason` says why nobody is asked because of it; without one
somebody is, at `ask_at`. The order matters: a person who was erased is refused whatever else holds,
and of a row that stands twice the first one counts.
"""

from django.db.models import Q

from patients.models import Import, Suppression, SuppressionReason
from workspaces import sql

# By the address while the person may still come back, by its digest when that is all that is left.
ERASED = """
UPDATE import_row r SET outcome = 'refused', reason = 'erased', details = '{}'
FROM (
    SELECT r.row FROM import_row r
    CROSS JOIN LATERAL (VALUES (r.phone), (r.email)) own(address)
    JOIN patients_suppression s
      ON s.workspace_id = %(workspace)s AND s.address = own.address AND s.reason = 'ERASURE'
    WHERE r.outcome = 'new' AND own.address <> ''
    UNION
    SELECT r.row FROM import_row r
    CROSS JOIN LATERAL (VALUES (r.phone_digest), (r.email_digest)) own(digest)
    JOIN patients_suppression s
      ON s.workspace_id = %(workspace)s AND s.digest = own.digest AND s.address = ''
    WHERE r.outcome = 'new'
) erased
WHERE r.row = erased.row
"""

REPEATED = """
UPDATE import_row r SET outcome = 'known', reason = 'repeated'
FROM (
    SELECT row, row_number() OVER (
        PARTITION BY coalesce(nullif(phone, ''), email), appointment_time ORDER BY row) AS place
    FROM import_row WHERE outcome = 'new'
) same
WHERE r.row = same.row AND same.place > 1
"""

# By the two unique keys of a patient. What is there stays as it is, so what was noted there decides
# whether that appointment is still to be asked about.
KNOWN = """
UPDATE import_row r SET outcome = 'known', patient_id = there.id,
    reason = CASE WHEN there.data_deleted_at IS NOT NULL THEN 'erased'
                  WHEN there.asked_at IS NOT NULL THEN 'asked_lately'
                  WHEN NOT there.has_consent THEN 'no_consent'
                  WHEN there.opted_out_at IS NOT NULL THEN 'opted_out'
                  WHEN r.ask_at IS NULL THEN 'too_old' END
FROM (
    SELECT r.row, p.* FROM import_row r
    JOIN patients_patient p
      ON p.campaign_id = %(campaign)s AND p.phone = r.phone
     AND p.appointment_time = r.appointment_time AND p.phone <> ''
    WHERE r.outcome = 'new'
    UNION ALL
    SELECT r.row, p.* FROM import_row r
    JOIN patients_patient p
      ON p.campaign_id = %(campaign)s AND p.email = r.email
     AND p.appointment_time = r.appointment_time AND p.phone = '' AND p.email <> ''
    WHERE r.outcome = 'new' AND r.phone = ''
) there
WHERE r.row = there.row
"""

# The patient carries the opt-out along, as those do who were here when it came.
SUPPRESSED = """
UPDATE import_row r SET opted_out_at = away.opted_out_at,
    reason = CASE WHEN r.reason = 'no_consent' THEN r.reason
                  WHEN away.opted_out_at IS NULL THEN 'number_dead' ELSE 'opted_out' END
FROM (
    SELECT r.row, min(s.at) FILTER (WHERE s.reason <> 'UNREACHABLE') AS opted_out_at
    FROM import_row r
    CROSS JOIN LATERAL (VALUES (r.phone), (r.email)) own(address)
    JOIN patients_suppression s ON s.workspace_id = %(workspace)s AND s.address = own.address
    WHERE r.outcome <> 'refused' AND own.address <> ''
      AND coalesce(r.reason, 'too_old') IN ('too_old', 'no_consent')
    GROUP BY r.row
) away
WHERE r.row = away.row
"""


def judge(listed: Import) -> None:
    values = {"workspace": listed.workspace_id, "campaign": listed.campaign_id}
    for statement in (ERASED, REPEATED, KNOWN, SUPPRESSED):
        sql.execute(statement, **values)


def has_erased(listed: Import) -> bool:
    """Whether there is anybody here who can be recognised by a digest alone."""
    return (
        Suppression.objects.within(listed.workspace_id)
        .filter(Q(address="") | Q(reason=SuppressionReason.ERASURE))
        .exists()
    )
