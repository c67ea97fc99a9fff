import core.constraints
import core.ids
import django.contrib.postgres.fields
import django.db.models.deletion
import insights.staleness
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('campaigns', '0001_initial'),
        ('messaging', '0001_initial'),
        ('workspaces', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Desk',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('token', models.CharField(default=core.ids.new_token, editable=False, max_length=24, unique=True, verbose_name='token')),
                ('practice', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='desk', to='workspaces.practice', verbose_name='practice')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='desks', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'QR code',
                'verbose_name_plural': 'QR codes',
                'constraints': [models.UniqueConstraint(fields=('workspace', 'id'), name='insights_desk_workspace_id'), core.constraints.SameWorkspace(digest='3ac617a8243a3272', field='practice', name='insights_desk_practice_fk'), core.constraints.RowSecurity(digest='a9205d7fb2d37cb8', name='insights_desk_row_security')],
            },
        ),
        migrations.CreateModel(
            name='DeskRating',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('rating', models.PositiveSmallIntegerField(verbose_name='rating')),
                ('comment', models.TextField(blank=True, max_length=2000, verbose_name='comment')),
                ('desk', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='ratings', to='insights.desk', verbose_name='QR code')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'rating at reception',
                'verbose_name_plural': 'ratings at reception',
                'indexes': [models.Index(fields=['desk', '-id'], name='deskrating_recent')],
                'constraints': [models.CheckConstraint(condition=models.Q(('rating__gte', 1), ('rating__lte', 5)), name='insights_deskrating_1_to_5'), core.constraints.SameWorkspace(digest='702ffce8f3682385', field='desk', name='insights_deskrating_desk_fk'), core.constraints.RowSecurity(digest='36677cf536f16f14', name='insights_deskrating_row_security')],
            },
        ),
        migrations.CreateModel(
            name='Digest',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('week', models.DateField(verbose_name='week of')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'weekly digest',
                'verbose_name_plural': 'weekly digests',
                'constraints': [models.UniqueConstraint(fields=('workspace', 'week'), name='insights_digest_once'), core.constraints.RowSecurity(digest='cc915f446e15ea58', name='insights_digest_row_security')],
            },
        ),
        migrations.CreateModel(
            name='FailureTally',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('facet', models.CharField(choices=[('whole', 'Whole'), ('channel', 'Channel'), ('doctor', 'Doctor'), ('type', 'Type'), ('cross', 'Cross')], max_length=8)),
                ('channel', models.CharField(blank=True, max_length=8)),
                ('doctor', models.CharField(blank=True, max_length=120)),
                ('appointment_type', models.CharField(blank=True, max_length=80)),
                ('error_code', models.CharField(blank=True, max_length=20)),
                ('failed', models.PositiveIntegerField(default=0)),
                ('campaign', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.campaign')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['workspace', 'facet', 'day'], name='failuretally_by_day')],
                'constraints': [models.UniqueConstraint(fields=('campaign', 'day', 'facet', 'channel', 'doctor', 'appointment_type', 'error_code'), name='insights_failuretally_once'), models.CheckConstraint(condition=models.Q(('facet__in', ['whole', 'channel', 'doctor', 'type', 'cross'])), name='insights_failuretally_facet_known'), core.constraints.SameWorkspace(digest='9a287c2c171a1f88', field='campaign', name='insights_failuretally_campaign_fk'), core.constraints.RowSecurity(digest='dbfa9a9abb7de824', name='insights_failuretally_row_security')],
            },
        ),
        migrations.CreateModel(
            name='HourTally',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('facet', models.CharField(choices=[('whole', 'Whole'), ('channel', 'Channel'), ('doctor', 'Doctor'), ('type', 'Type'), ('cross', 'Cross')], max_length=8)),
                ('channel', models.CharField(blank=True, max_length=8)),
                ('doctor', models.CharField(blank=True, max_length=120)),
                ('appointment_type', models.CharField(blank=True, max_length=80)),
                ('weekday', models.PositiveSmallIntegerField()),
                ('hours', django.contrib.postgres.fields.ArrayField(base_field=models.PositiveIntegerField(), size=24)),
                ('campaign', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.campaign')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['workspace', 'facet', 'day'], name='hourtally_by_day')],
                'constraints': [models.UniqueConstraint(fields=('campaign', 'day', 'facet', 'channel', 'doctor', 'appointment_type', 'weekday'), name='insights_hourtally_once'), models.CheckConstraint(condition=models.Q(('hours__len', 24), ('weekday__gte', 1), ('weekday__lte', 7)), name='insights_hourtally_a_day_of_24'), models.CheckConstraint(condition=models.Q(('facet__in', ['whole', 'channel', 'doctor', 'type', 'cross'])), name='insights_hourtally_facet_known'), core.constraints.SameWorkspace(digest='3bc87ccf2b90b9c6', field='campaign', name='insights_hourtally_campaign_fk'), core.constraints.RowSecurity(digest='632845a57384bafb', name='insights_hourtally_row_security')],
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('token', models.CharField(default=core.ids.new_token, editable=False, max_length=24, unique=True, verbose_name='token')),
                ('created_by_name', models.CharField(max_length=120, verbose_name='created by')),
                ('views', models.PositiveIntegerField(default=0, verbose_name='views')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                ('practice', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='workspaces.practice', verbose_name='practice')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'public report',
                'verbose_name_plural': 'public reports',
                'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('practice',), name='insights_report_one_in_force'), core.constraints.SameWorkspace(digest='48e6403bb2dda2ac', field='practice', name='insights_report_practice_fk'), core.constraints.RowSecurity(digest='5c67efb5d9764ca3', name='insights_report_row_security')],
            },
        ),
        migrations.CreateModel(
            name='StaleDay',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('workspace_id', models.UUIDField()),
                ('campaign_id', models.UUIDField()),
                ('day', models.DateField()),
            ],
            options={
                'indexes': [models.Index(fields=['workspace_id', 'day', 'campaign_id'], name='staleday_of_workspace')],
                'constraints': [core.constraints.RowSecurity(digest='61e3338d88a36a75', name='insights_staleday_row_security'), insights.staleness.MarksStaleDays(digest='6842c36be5a71283', name='insights_staleday_marks')],
            },
        ),
        migrations.CreateModel(
            name='DayTally',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('day', models.DateField()),
                ('facet', models.CharField(choices=[('whole', 'Whole'), ('channel', 'Channel'), ('doctor', 'Doctor'), ('type', 'Type'), ('cross', 'Cross')], max_length=8)),
                ('channel', models.CharField(blank=True, max_length=8)),
                ('doctor', models.CharField(blank=True, max_length=120)),
                ('appointment_type', models.CharField(blank=True, max_length=80)),
                ('asked', models.PositiveIntegerField(default=0)),
                ('delivered', models.PositiveIntegerField(default=0)),
                ('answered', models.PositiveIntegerField(default=0)),
                ('failed', models.PositiveIntegerField(default=0)),
                ('clicked', models.PositiveIntegerField(default=0)),
                ('opted_out', models.PositiveIntegerField(default=0)),
                ('rated_1', models.PositiveIntegerField(default=0)),
                ('rated_2', models.PositiveIntegerField(default=0)),
                ('rated_3', models.PositiveIntegerField(default=0)),
                ('rated_4', models.PositiveIntegerField(default=0)),
                ('rated_5', models.PositiveIntegerField(default=0)),
                ('delivery_ms', models.BigIntegerField(default=0)),
                ('deliveries_timed', models.PositiveIntegerField(default=0)),
                ('response_ms', models.BigIntegerField(default=0)),
                ('responses_timed', models.PositiveIntegerField(default=0)),
                ('credits', models.PositiveIntegerField(default=0)),
                ('campaign', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='campaigns.campaign')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workspaces.workspace')),
            ],
            options={
                'indexes': [models.Index(fields=['workspace', 'facet', 'day'], name='daytally_by_day'), models.Index(fields=['workspace', 'facet', 'doctor', 'appointment_type', 'channel', 'day'], name='daytally_by_value')],
                'constraints': [models.UniqueConstraint(fields=('campaign', 'day', 'facet', 'channel', 'doctor', 'appointment_type'), name='insights_daytally_once'), models.CheckConstraint(condition=models.Q(('facet__in', ['whole', 'channel', 'doctor', 'type', 'cross'])), name='insights_daytally_facet_known'), core.constraints.SameWorkspace(digest='a8ae22801f144557', field='campaign', name='insights_daytally_campaign_fk'), core.constraints.RowSecurity(digest='675710f9d8e2420d', name='insights_daytally_row_security')],
            },
        ),
    ]
