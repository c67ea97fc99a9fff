"""The audit trail may forget the address and the browser of old events, and nothing else."""

import workspaces.walls
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workspaces', '0004_second_steps_are_sealed'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='auditevent',
            name='workspaces_auditevent_append_only',
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(condition=models.Q(('address__isnull', False), models.Q(('user_agent', ''), _negated=True), _connector='OR'), fields=['workspace_id', 'at'], name='audit_origin'),
        ),
        migrations.AddConstraint(
            model_name='auditevent',
            constraint=workspaces.walls.AppendOnly(days=30, forgets=['address', 'user_agent'], name='workspaces_auditevent_append_only'),
        ),
    ]
