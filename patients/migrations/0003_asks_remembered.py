import django.db.models.deletion
import workspaces.ids
import workspaces.walls
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0002_found_by_words'),
        ('workspaces', '0002_undo_and_keeping'),
    ]

    operations = [
        migrations.AddField(
            model_name='import',
            name='asked_anyway',
            field=models.PositiveIntegerField(db_default=0, default=0, help_text='Known patients who wait to be asked, with or without this list.', verbose_name='of these already planned'),
        ),
        migrations.AddField(
            model_name='import',
            name='rows_changed',
            field=models.PositiveIntegerField(db_default=0, default=0, help_text='Known rows of whose appointment the list says something else than before.', verbose_name='changed rows'),
        ),
        migrations.AddField(
            model_name='import',
            name='rows_warned',
            field=models.PositiveIntegerField(db_default=0, default=0, help_text='Taken, but for a part that could not be used.', verbose_name='rows with a warning'),
        ),
        migrations.AddField(
            model_name='import',
            name='statuses',
            field=models.JSONField(db_default=[], default=list, help_text='The words of its status column, how they were understood, and how often.', verbose_name='statuses'),
        ),
        migrations.AddField(
            model_name='importproblem',
            name='is_warning',
            field=models.BooleanField(db_default=False, default=False, help_text='The row was taken; only a part of it could not be used.', verbose_name='only a warning'),
        ),
        migrations.AddField(
            model_name='patient',
            name='asked_before_at',
            field=models.DateTimeField(blank=True, help_text='Through another row, which no longer holds this phone or e-mail.', null=True, verbose_name='asked before'),
        ),
        migrations.AddField(
            model_name='patient',
            name='did_not_happen',
            field=models.BooleanField(db_default=False, default=False, help_text='A list says that the appointment was cancelled or missed.', verbose_name='did not happen'),
        ),
        migrations.CreateModel(
            name='PastAsk',
            fields=[
                ('id', models.UUIDField(default=workspaces.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('digest', models.CharField(max_length=64, verbose_name='digest')),
                ('appointment_time', models.DateTimeField(verbose_name='appointment')),
                ('asked_at', models.DateTimeField(verbose_name='asked')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='past_asks', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'past ask',
                'verbose_name_plural': 'past asks',
                'constraints': [models.UniqueConstraint(fields=('workspace', 'digest', 'appointment_time'), name='patients_pastask_once'), workspaces.walls.Wall(name='patients_pastask_wall')],
            },
        ),
    ]
