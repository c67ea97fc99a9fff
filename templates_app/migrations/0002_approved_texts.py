import django.db.models.deletion
import workspaces.ids
import workspaces.walls
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('templates_app', '0001_first_release'),
        ('workspaces', '0001_first_release'),
    ]

    operations = [
        migrations.CreateModel(
            name='ApprovedText',
            fields=[
                ('id', models.UUIDField(default=workspaces.ids.uuid7, editable=False, primary_key=True, serialize=False)),
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
            ],
            options={
                'verbose_name': 'approved text',
                'verbose_name_plural': 'approved texts',
            },
        ),
        migrations.AddIndex(
            model_name='template',
            index=models.Index(condition=models.Q(('whatsapp_content_sid', ''), _negated=True), fields=['workspace', 'whatsapp_content_sid'], name='template_with_approval'),
        ),
        migrations.AddField(
            model_name='approvedtext',
            name='workspace',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace', verbose_name='workspace'),
        ),
        migrations.AddConstraint(
            model_name='approvedtext',
            constraint=models.UniqueConstraint(fields=('workspace', 'content_sid'), name='templates_app_approvedtext_once'),
        ),
        migrations.AddConstraint(
            model_name='approvedtext',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('body', ''), ('fetched_at', None)), models.Q(('fetched_at__isnull', False), models.Q(('body', ''), _negated=True)), _connector='OR'), name='templates_app_approvedtext_fetched_with_its_text'),
        ),
        migrations.AddConstraint(
            model_name='approvedtext',
            constraint=workspaces.walls.Wall(name='templates_app_approvedtext_wall'),
        ),
    ]
