from django.db import migrations, models

import workspaces.plain_names

# A line break in a name would begin a header of a mail. The platform's door closes with the
# transaction.
PUT_ON_ONE_LINE = """
SELECT set_config('app.platform', 'migrate', true);
UPDATE workspaces_workspace SET name = regexp_replace(name, '[\\x01-\\x1f\\x7f-\\x9f\\u2028\\u2029]+', ' ', 'g')
WHERE name ~ '[\\x01-\\x1f\\x7f-\\x9f\\u2028\\u2029]';
UPDATE workspaces_practice SET name = regexp_replace(name, '[\\x01-\\x1f\\x7f-\\x9f\\u2028\\u2029]+', ' ', 'g')
WHERE name ~ '[\\x01-\\x1f\\x7f-\\x9f\\u2028\\u2029]';
UPDATE workspaces_user SET name = regexp_replace(name, '[\\x01-\\x1f\\x7f-\\x9f\\u2028\\u2029]+', ' ', 'g')
WHERE name ~ '[\\x01-\\x1f\\x7f-\\x9f\\u2028\\u2029]';
UPDATE workspaces_invitation SET invited_by_name = regexp_replace(invited_by_name, '[\\x01-\\x1f\\x7f-\\x9f\\u2028\\u2029]+', ' ', 'g')
WHERE invited_by_name ~ '[\\x01-\\x1f\\x7f-\\x9f\\u2028\\u2029]';
SELECT set_config('app.platform', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("workspaces", "0007_vetting"),
    ]

    operations = [
        migrations.RunSQL(PUT_ON_ONE_LINE, migrations.RunSQL.noop),
        migrations.AlterField(
            model_name="practice",
            name="name",
            field=models.CharField(
                max_length=120, validators=[workspaces.plain_names.plain_name], verbose_name="name"
            ),
        ),
        migrations.AlterField(
            model_name="user",
            name="name",
            field=models.CharField(
                max_length=120, validators=[workspaces.plain_names.plain_name], verbose_name="name"
            ),
        ),
        migrations.AlterField(
            model_name="workspace",
            name="name",
            field=models.CharField(
                max_length=120, validators=[workspaces.plain_names.plain_name], verbose_name="name"
            ),
        ),
        migrations.AddConstraint(
            model_name="invitation",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("invited_by_name__regex", "[\\x01-\\x1f\\x7f-\\x9f\\u2028\\u2029]"),
                    _negated=True,
                ),
                name="workspaces_invitation_invited_by_name_on_one_line",
            ),
        ),
        migrations.AddConstraint(
            model_name="practice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("name__regex", "[\\x01-\\x1f\\x7f-\\x9f\\u2028\\u2029]"), _negated=True
                ),
                name="workspaces_practice_name_on_one_line",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("name__regex", "[\\x01-\\x1f\\x7f-\\x9f\\u2028\\u2029]"), _negated=True
                ),
                name="workspaces_user_name_on_one_line",
            ),
        ),
        migrations.AddConstraint(
            model_name="workspace",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("name__regex", "[\\x01-\\x1f\\x7f-\\x9f\\u2028\\u2029]"), _negated=True
                ),
                name="workspaces_workspace_name_on_one_line",
            ),
        ),
    ]
