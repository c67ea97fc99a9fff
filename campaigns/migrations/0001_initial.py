import core.constraints
import core.ids
import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('templates_app', '0001_initial'),
        ('workspaces', '0001_initial'),
        ('workspaces', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Campaign',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('description', models.CharField(blank=True, max_length=300, verbose_name='description')),
                ('status', models.CharField(choices=[('DRAFT', 'Draft'), ('ACTIVE', 'Active'), ('PAUSED', 'Paused'), ('COMPLETED', 'Completed'), ('CANCELLED', 'Cancelled')], default='DRAFT', editable=False, max_length=10, verbose_name='status')),
                ('scheduled_hours_after', models.PositiveSmallIntegerField(default=2, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(72)], verbose_name='hours after the appointment')),
                ('reminder_after_hours', models.PositiveSmallIntegerField(blank=True, help_text='Empty: nobody is reminded.', null=True, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(168)], verbose_name='remind after, in hours')),
                ('is_ongoing', models.BooleanField(default=False, help_text='It goes on until you end it, instead of completing after its last patient.', verbose_name='receives lists every day')),
                ('activated_at', models.DateTimeField(editable=False, null=True, verbose_name='activated')),
                ('ended_at', models.DateTimeField(editable=False, null=True, verbose_name='ended')),
                ('created_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='campaigns', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
                ('practice', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='campaigns', to='workspaces.practice', verbose_name='practice')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='campaigns', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'campaign',
                'verbose_name_plural': 'campaigns',
                'indexes': [models.Index(fields=['workspace', '-created_at'], name='campaign_recent'), models.Index(condition=models.Q(('status', 'ACTIVE')), fields=['workspace', 'id'], name='campaign_active')],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'id'), name='campaigns_campaign_workspace_id'), models.CheckConstraint(condition=models.Q(('status__in', ['DRAFT', 'ACTIVE', 'PAUSED', 'COMPLETED', 'CANCELLED'])), name='campaigns_campaign_status_known'), models.CheckConstraint(condition=models.Q(('scheduled_hours_after__lte', 72)), name='campaigns_campaign_delay_within_72_hours'), models.CheckConstraint(condition=models.Q(('reminder_after_hours', None), models.Q(('reminder_after_hours__gte', 1), ('reminder_after_hours__lte', 168)), _connector='OR'), name='campaigns_campaign_reminder_within_a_week'), core.constraints.SameWorkspace(digest='5149f1ac228cb9f2', field='practice', name='campaigns_campaign_practice_fk'), core.constraints.SameWorkspace(digest='ff238b5970f59b63', field='created_by', name='campaigns_campaign_created_by_fk'), core.constraints.RowSecurity(digest='a59a0c54cd8788b2', name='campaigns_campaign_row_security')],
            },
        ),
        migrations.CreateModel(
            name='CampaignTemplate',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('campaign', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='own_templates', to='campaigns.campaign', verbose_name='campaign')),
                ('template', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='templates_app.template', verbose_name='template')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'campaign template',
                'verbose_name_plural': 'campaign templates',
                'constraints': [models.UniqueConstraint(fields=('campaign', 'template'), name='campaigns_campaigntemplate_once'), core.constraints.SameWorkspace(digest='3822206ca17382ef', field='campaign', name='campaigns_campaigntemplate_campaign_fk'), core.constraints.SameWorkspace(digest='ffcc1470787d21e9', field='template', name='campaigns_campaigntemplate_template_fk'), core.constraints.RowSecurity(digest='9a43b8a0f059eb30', name='campaigns_campaigntemplate_row_security')],
            },
        ),
    ]
