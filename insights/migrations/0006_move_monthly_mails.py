"""Keep which monthly reports were mailed already, so that an update sends none of them again."""

from django.db import migrations

MOVE = """
SELECT set_config('app.platform', 'monthly reports', true);

INSERT INTO workspaces_notification
    (id, created_at, updated_at, workspace_id, user_id, kind, cause, path, facts, due_at, attempts,
     outcome, done_at)
SELECT uuid7(), now(), now(), workspace_id, user_id, 'insights.month', to_char(month, 'YYYY-MM'),
       '/month/', '{}', queued_at, 1, 'SENT', done_at
FROM insights_monthlymail
WHERE done_at > now() - interval '40 days'
ON CONFLICT (user_id, kind, cause, subscription_id) DO NOTHING;

SET CONSTRAINTS ALL IMMEDIATE;
SELECT set_config('app.platform', '', true);
"""


class Migration(migrations.Migration):

    dependencies = [
        ("insights", "0005_saved_views"),
        ('workspaces', '0011_move_wishes_for_mails'),
    ]

    operations = [
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
    ]
