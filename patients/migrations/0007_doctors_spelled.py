from collections import defaultdict

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from patients.lists.doctors import doctor_key, doctor_looks

DOOR = "SELECT set_config('app.platform', %s, true)"
SPELLINGS = """
SELECT workspace_id, doctor_name, count(*) FROM patients_patient
WHERE doctor_name <> '' GROUP BY workspace_id, doctor_name
"""
LEARN = """
INSERT INTO patients_doctor (id, created_at, updated_at, workspace_id, key, name, looks)
VALUES (uuid7(), now(), now(), %s, %s, %s, %s)
"""
# Their days are marked as stale by a trigger, and counted anew.
RENAME = """
UPDATE patients_patient SET doctor_name = %s WHERE workspace_id = %s AND doctor_name = ANY(%s)
"""


def agree_on_spellings(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001
    """Give every doctor the best of the spellings that patients have, the most frequent of equals."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(DOOR, ["migrate"])
        cursor.execute(SPELLINGS)
        found = defaultdict(list)
        for workspace, name, patients in cursor.fetchall():
            if key := doctor_key(name):
                found[workspace, key].append((doctor_looks(name), patients, name))
        for (workspace, key), spellings in found.items():
            looks, _patients, best = max(spellings)
            cursor.execute(LEARN, [workspace, key, best, looks])
            if others := [name for _looks, _count, name in spellings if name != best]:
                cursor.execute(RENAME, [best, workspace, others])
        cursor.execute(DOOR, [""])



class Migration(migrations.Migration):
    dependencies = [("patients", "0006_doctors")]

    operations = [migrations.RunPython(agree_on_spellings, migrations.RunPython.noop)]
