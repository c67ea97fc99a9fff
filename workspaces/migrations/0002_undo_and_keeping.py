from django.db import migrations, models

# Clinics that kept patients for less than a week forgot some before they were asked. The platform's
# door closes with the transaction.
RAISE_SHORT_KEEPING = """
SELECT set_config('app.platform', 'migrate', true);
UPDATE workspaces_workspace SET keep_patients_days = 7 WHERE keep_patients_days < 7;
SELECT set_config('app.platform', '', true);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('workspaces', '0001_first_release'),
    ]

    operations = [
        migrations.AddField(
            model_name='workspace',
            name='undo_minutes',
            field=models.PositiveSmallIntegerField(db_default=5, default=5, help_text='The patients of a new list are not asked before they are over.', verbose_name='minutes in which a list can be taken back'),
        ),
        migrations.RunSQL(RAISE_SHORT_KEEPING, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name='workspace',
            constraint=models.CheckConstraint(condition=models.Q(('keep_patients_days__gte', 7)), name='workspaces_workspace_patients_kept_until_asked', violation_error_message='Patients must be kept for at least 7 days, or they would be forgotten before they are asked.'),
        ),
        migrations.AddConstraint(
            model_name='workspace',
            constraint=models.CheckConstraint(condition=models.Q(('undo_minutes__lte', 1440)), name='workspaces_workspace_undo_within_a_day'),
        ),
    ]
