"""Move what members had chosen about two mails into the choices of notifications.

The columns stay in the table with their defaults, because the release before still reads and writes
them during an update. A later release drops them.
"""

from django.db import migrations

MOVE = """
SELECT set_config('app.platform', 'wishes for mails', true);

INSERT INTO workspaces_notificationchoice
    (id, created_at, updated_at, workspace_id, user_id, kind, by_mail, by_push)
SELECT uuid7(), now(), now(), workspace_id, id, 'insights.month', true, false
FROM workspaces_user
WHERE wants_monthly_report AND workspace_id IS NOT NULL
ON CONFLICT (user_id, kind) DO NOTHING;

INSERT INTO workspaces_notificationchoice
    (id, created_at, updated_at, workspace_id, user_id, kind, by_mail, by_push)
SELECT uuid7(), now(), now(), workspace_id, id, 'reviews.low', false, true
FROM workspaces_user
WHERE NOT wants_review_alerts AND workspace_id IS NOT NULL
ON CONFLICT (user_id, kind) DO NOTHING;

SET CONSTRAINTS ALL IMMEDIATE;
SELECT set_config('app.platform', '', true);
"""


class Migration(migrations.Migration):

    dependencies = [
        ("workspaces", "0010_notifications"),
    ]

    operations = [
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveField(model_name='user', name='wants_monthly_report'),
                migrations.RemoveField(model_name='user', name='wants_review_alerts'),
            ],
        ),
    ]
