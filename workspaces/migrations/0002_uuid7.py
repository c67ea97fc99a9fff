from django.db import migrations


class Migration(migrations.Migration):
    """The ids of `workspaces/ids.py` for rows that SQL makes; PostgreSQL has its own from 18 on."""

    dependencies = [("workspaces", "0001_initial")]

    operations = [
        migrations.RunSQL(
            """
            CREATE FUNCTION uuid7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
                SELECT encode(set_byte(overlay(uuid_send(gen_random_uuid()) PLACING
                    substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint)
                    FROM 3) FROM 1 FOR 6), 6,
                    (get_byte(uuid_send(gen_random_uuid()), 6) & 15) | 112), 'hex')::uuid
            $$
            """,
            "DROP FUNCTION uuid7()",
        )
    ]
