import django.db.models.deletion
import workspaces.ids
import workspaces.walls
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('patients', '0005_email_complaints'),
        ('workspaces', '0002_undo_and_keeping'),
    ]

    operations = [
        migrations.CreateModel(
            name='Doctor',
            fields=[
                ('id', models.UUIDField(default=workspaces.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('key', models.CharField(max_length=120, verbose_name='key')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('looks', models.PositiveSmallIntegerField(help_text='A better spelling takes its place.', verbose_name='how well it reads')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='doctors', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'doctor’s name',
                'verbose_name_plural': 'doctors’ names',
                'constraints': [models.UniqueConstraint(fields=('workspace', 'key'), name='patients_doctor_once'), workspaces.walls.Wall(name='patients_doctor_wall')],
            },
        ),
    ]
