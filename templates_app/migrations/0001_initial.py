import core.constraints
import core.ids
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('workspaces', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Template',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('type', models.CharField(choices=[('INITIAL', 'Ask'), ('FOLLOWUP_HAPPY', 'Thanks, with the review link'), ('FOLLOWUP_UNHAPPY', 'Sorry, with the private form'), ('REMINDER', 'Reminder'), ('CLARIFY', 'Asks once more, for a number from 1 to 5'), ('CONFIRM_STOP', 'Confirms that no more messages come'), ('CONFIRM_START', 'Confirms that messages come again'), ('ANSWER', 'Answer by a person')], max_length=20, verbose_name='type')),
                ('language', models.CharField(choices=[('es', 'Spanish'), ('en', 'English'), ('pt', 'Portuguese')], default='es', max_length=2, verbose_name='language')),
                ('channel', models.CharField(blank=True, choices=[('SMS', 'SMS'), ('WHATSAPP', 'WhatsApp'), ('EMAIL', 'E-mail')], help_text='Empty: for every channel that has no text of its own.', max_length=8, verbose_name='channel')),
                ('subject', models.CharField(blank=True, max_length=150, verbose_name='subject')),
                ('content', models.TextField(max_length=1600, verbose_name='text')),
                ('variables', models.JSONField(default=list, editable=False, help_text='Read from the text when it is saved.', verbose_name='variables')),
                ('description', models.CharField(blank=True, max_length=200, verbose_name='description')),
                ('is_default', models.BooleanField(default=False, verbose_name='default')),
                ('whatsapp_content_sid', models.CharField(blank=True, max_length=34, verbose_name='WhatsApp content SID')),
                ('version', models.PositiveIntegerField(default=1, editable=False, verbose_name='version')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='templates', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'template',
                'verbose_name_plural': 'templates',
                'indexes': [models.Index(condition=models.Q(('whatsapp_content_sid', ''), _negated=True), fields=['workspace', 'whatsapp_content_sid'], name='template_with_approval')],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'id'), name='templates_app_template_workspace_id'), models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('workspace', 'type', 'language', 'channel'), name='templates_app_template_one_default'), models.CheckConstraint(condition=models.Q(('type__in', ['INITIAL', 'FOLLOWUP_HAPPY', 'FOLLOWUP_UNHAPPY', 'REMINDER', 'CLARIFY'])), name='templates_app_template_type_known'), models.CheckConstraint(condition=models.Q(('language__in', ['es', 'en', 'pt'])), name='templates_app_template_language_known'), models.CheckConstraint(condition=models.Q(('channel__in', ['', 'SMS', 'WHATSAPP', 'EMAIL'])), name='templates_app_template_channel_known'), core.constraints.RowSecurity(digest='90313252840bb81b', name='templates_app_template_row_security')],
            },
        ),
        migrations.CreateModel(
            name='TemplateVersion',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('version', models.PositiveIntegerField(verbose_name='version')),
                ('subject', models.CharField(blank=True, max_length=150, verbose_name='subject')),
                ('content', models.TextField(verbose_name='text')),
                ('saved_by_name', models.CharField(max_length=120, verbose_name='saved by')),
                ('template', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='versions', to='templates_app.template', verbose_name='template')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'template version',
                'verbose_name_plural': 'template versions',
                'constraints': [models.UniqueConstraint(fields=('template', 'version'), name='templates_app_templateversion_once'), core.constraints.SameWorkspace(digest='11c632779983071b', field='template', name='templates_app_templateversion_template_fk'), core.constraints.RowSecurity(digest='645ee17095037a11', name='templates_app_templateversion_row_security')],
            },
        ),
        migrations.CreateModel(
            name='ApprovedText',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('content_sid', models.CharField(max_length=34, verbose_name='WhatsApp content SID')),
                ('body', models.TextField(blank=True, help_text='With numbered gaps. Empty until Twilio has told it.', verbose_name='text')),
                ('buttons', models.JSONField(blank=True, default=list, verbose_name='buttons')),
                ('samples', models.JSONField(blank=True, default=dict, help_text='Twilio fills a gap with these where we send no value.', verbose_name='sample values')),
                ('content_type', models.CharField(blank=True, max_length=40, verbose_name='kind of content')),
                ('language', models.CharField(blank=True, max_length=10, verbose_name='language')),
                ('status', models.CharField(blank=True, help_text='In Twilio’s word for it.', max_length=30, verbose_name='approval')),
                ('category', models.CharField(blank=True, max_length=30, verbose_name='category')),
                ('rejection_reason', models.CharField(blank=True, max_length=300, verbose_name='why rejected')),
                ('asked_at', models.DateTimeField(blank=True, null=True, verbose_name='asked for')),
                ('checked_at', models.DateTimeField(blank=True, null=True, verbose_name='last checked')),
                ('fetched_at', models.DateTimeField(blank=True, null=True, verbose_name='text read')),
                ('error', models.CharField(blank=True, max_length=100, verbose_name='error')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'approved text',
                'verbose_name_plural': 'approved texts',
                'constraints': [models.UniqueConstraint(fields=('workspace', 'content_sid'), name='templates_app_approvedtext_once'), models.CheckConstraint(condition=models.Q(models.Q(('body', ''), ('fetched_at', None)), models.Q(('fetched_at__isnull', False), models.Q(('body', ''), _negated=True)), _connector='OR'), name='templates_app_approvedtext_fetched_with_its_text'), core.constraints.RowSecurity(digest='b15e13b532ef218d', name='templates_app_approvedtext_row_security')],
            },
        ),
    ]
