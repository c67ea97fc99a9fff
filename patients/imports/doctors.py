"""The staged rows get the clinic's own spelling of each doctor, before they are saved."""

from uuid import UUID

from core import sql

# The best spelling of each name on the list.
TOLD = """
    SELECT DISTINCT ON (doctor_key) doctor_key AS key, doctor_name AS name, doctor_looks AS looks
    FROM import_row
    WHERE outcome <> 'refused' AND doctor_key <> ''
    ORDER BY doctor_key, doctor_looks DESC, row"""

# In the order of the unique key, so that two imports wait for each other and never in a circle.
LEARN = f"""
INSERT INTO patients_doctor (id, created_at, updated_at, workspace_id, key, name, looks)
SELECT uuid7(), now(), now(), %(workspace)s, key, name, looks
FROM ({TOLD}
) told
ORDER BY key
ON CONFLICT (workspace_id, key) DO NOTHING
"""  # noqa: S608 - of constants

# The lock waits for imports that are saving patients with the old spelling.
IMPROVE = f"""
WITH better AS (
    SELECT d.id, d.name AS before, told.name AS after, told.looks
    FROM patients_doctor d
    JOIN ({TOLD}
    ) told ON told.key = d.key
    WHERE d.workspace_id = %(workspace)s AND d.looks < told.looks
    ORDER BY d.key
    FOR UPDATE OF d
), improved AS (
    UPDATE patients_doctor d SET name = better.after, looks = better.looks, updated_at = now()
    FROM better WHERE d.id = better.id
)
SELECT before, after FROM better
"""  # noqa: S608 - of constants

# Once for each better spelling, and then never again: no index is worth it.
RENAME = """
UPDATE patients_patient p SET doctor_name = told.now_name
FROM (
    SELECT p.id, better.now_name
    FROM unnest(%(before)s::text[], %(after)s::text[]) AS better(old_name, now_name)
    JOIN patients_patient p
      ON p.doctor_name = better.old_name AND p.workspace_id = %(workspace)s
    ORDER BY p.id
    FOR NO KEY UPDATE OF p
) told
WHERE p.id = told.id
"""

# Held until these patients are saved, so that nobody renames the others in between.
SPELL = """
WITH known AS (
    SELECT key, name FROM patients_doctor
    WHERE workspace_id = %(workspace)s
      AND key IN (SELECT doctor_key FROM import_row WHERE doctor_key <> '')
    ORDER BY key
    FOR SHARE
)
UPDATE import_row r SET doctor_name = known.name
FROM known WHERE known.key = r.doctor_key AND known.name <> r.doctor_name
"""


def spell(workspace_id: UUID) -> None:
    """Learn new names and better spellings, rename who has the old one, and spell the rows so."""
    sql.execute(LEARN, workspace=workspace_id)
    if better := sql.fetch(IMPROVE, workspace=workspace_id):
        sql.execute(
            RENAME,
            workspace=workspace_id,
            before=[row["before"] for row in better],
            after=[row["after"] for row in better],
        )
    sql.execute(SPELL, workspace=workspace_id)
