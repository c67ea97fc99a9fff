"""Give staged rows the clinic's best spelling of each doctor's name before they are saved."""

from uuid import UUID

from core import sql

# The best spelling of each name in the list.
BEST_SPELLINGS = """
    SELECT DISTINCT ON (doctor_key) doctor_key AS key, doctor_name AS name, doctor_looks AS looks
    FROM import_row
    WHERE outcome <> 'refused' AND doctor_key <> ''
    ORDER BY doctor_key, doctor_looks DESC, row"""

# Ordered by the unique key, so that two imports wait for each other but cannot deadlock.
LEARN = f"""
INSERT INTO patients_doctor (id, created_at, updated_at, workspace_id, key, name, looks)
SELECT uuid7(), now(), now(), %(workspace)s, key, name, looks
FROM ({BEST_SPELLINGS}
) best
ORDER BY key
ON CONFLICT (workspace_id, key) DO NOTHING
"""  # noqa: S608 - built from constants

# FOR UPDATE waits for imports that are saving patients with the old spelling (see SPELL).
IMPROVE = f"""
WITH better AS (
    SELECT d.id, d.name AS before, best.name AS after, best.looks
    FROM patients_doctor d
    JOIN ({BEST_SPELLINGS}
    ) best ON best.key = d.key
    WHERE d.workspace_id = %(workspace)s AND d.looks < best.looks
    ORDER BY d.key
    FOR UPDATE OF d
), improved AS (
    UPDATE patients_doctor d SET name = better.after, looks = better.looks, updated_at = now()
    FROM better WHERE d.id = better.id
)
SELECT before, after FROM better
"""  # noqa: S608 - built from constants

# Without an index on doctor_name: this runs once for each better spelling and then never again.
RENAME = """
UPDATE patients_patient p SET doctor_name = renamed.now_name
FROM (
    SELECT p.id, better.now_name
    FROM unnest(%(before)s::text[], %(after)s::text[]) AS better(old_name, now_name)
    JOIN patients_patient p
      ON p.doctor_name = better.old_name AND p.workspace_id = %(workspace)s
    ORDER BY p.id
    FOR NO KEY UPDATE OF p
) renamed
WHERE p.id = renamed.id
"""

# FOR KEY SHARE is held until these patients are saved. Otherwise IMPROVE of another import could
# rename the doctor in between and miss them. It does not stop who merges or edits the doctor: that
# leaves the spelling as it is, and must not wait for a long list.
SPELL = """
WITH known AS (
    SELECT key, name FROM patients_doctor
    WHERE workspace_id = %(workspace)s
      AND key IN (SELECT doctor_key FROM import_row WHERE doctor_key <> '')
    ORDER BY key
    FOR KEY SHARE
)
UPDATE import_row r SET doctor_name = known.name
FROM known WHERE known.key = r.doctor_key AND known.name <> r.doctor_name
"""


def unify_spellings(workspace_id: UUID) -> None:
    """Store new names and better spellings, and use the best ones for patients and staged rows."""
    sql.execute(LEARN, workspace=workspace_id)
    if better := sql.fetch(IMPROVE, workspace=workspace_id):
        sql.execute(
            RENAME,
            workspace=workspace_id,
            before=[row["before"] for row in better],
            after=[row["after"] for row in better],
        )
    sql.execute(SPELL, workspace=workspace_id)
