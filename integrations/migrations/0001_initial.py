import core.constraints
import core.ids
import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('workspaces', '0001_initial'),
        ('workspaces', '__first__'),
    ]

    operations = [
        migrations.RunSQL(
            "CREATE SEQUENCE integrations_webhookdelivery_position",
            "DROP SEQUENCE integrations_webhookdelivery_position",
        ),
        migrations.CreateModel(
            name='WebhookEndpoint',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('url', models.CharField(max_length=500, verbose_name='address')),
                ('description', models.CharField(blank=True, max_length=200, verbose_name='description')),
                ('events', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), size=None, verbose_name='events')),
                ('secret', models.CharField(help_text='Encrypted.', max_length=255, verbose_name='secret')),
                ('earlier_secret', models.CharField(blank=True, max_length=255, verbose_name='secret before')),
                ('earlier_secret_until', models.DateTimeField(blank=True, null=True, verbose_name='secret before signs until')),
                ('disabled_at', models.DateTimeField(blank=True, null=True, verbose_name='disabled')),
                ('disabled_because', models.CharField(blank=True, choices=[('BY_HAND', 'Switched off by someone of the team'), ('FAILING', 'It failed for three days'), ('GONE', 'It answered that it is gone (410)')], max_length=8, verbose_name='disabled because')),
                ('failures', models.PositiveSmallIntegerField(default=0, verbose_name='failures in a row')),
                ('failing_since', models.DateTimeField(blank=True, null=True, verbose_name='failing since')),
                ('next_attempt_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='next attempt')),
                ('leased_until', models.DateTimeField(blank=True, help_text='By the worker that delivers to it.', null=True, verbose_name='held until')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='endpoints', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'webhook endpoint',
                'verbose_name_plural': 'webhook endpoints',
                'constraints': [models.UniqueConstraint(fields=('workspace', 'id'), name='integrations_webhookendpoint_workspace_id'), models.UniqueConstraint(fields=('workspace', 'url'), name='integrations_webhookendpoint_once_per_address'), models.CheckConstraint(condition=models.Q(('events__len__gt', 0)), name='integrations_webhookendpoint_has_events'), models.CheckConstraint(condition=models.Q(models.Q(('disabled_at', None), ('disabled_because', '')), models.Q(('disabled_at__isnull', False), ('disabled_because__in', ['BY_HAND', 'FAILING', 'GONE'])), _connector='OR'), name='integrations_webhookendpoint_disabled_because'), models.CheckConstraint(condition=models.Q(models.Q(('earlier_secret', ''), ('earlier_secret_until', None)), models.Q(models.Q(('earlier_secret', ''), _negated=True), ('earlier_secret_until__isnull', False)), _connector='OR'), name='integrations_webhookendpoint_earlier_secret_ends'), models.CheckConstraint(condition=models.Q(models.Q(('failing_since', None), ('failures', 0)), models.Q(('failing_since__isnull', False), ('failures__gt', 0)), _connector='OR'), name='integrations_webhookendpoint_failing_since_the_first'), core.constraints.RowSecurity(digest='8a97b79028670e1d', name='integrations_webhookendpoint_row_security')],
            },
        ),
        migrations.CreateModel(
            name='WebhookDelivery',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('position', models.BigIntegerField(db_default=models.Func(models.Value('integrations_webhookdelivery_position'), function='nextval'), editable=False, verbose_name='position')),
                ('event', models.CharField(max_length=24, verbose_name='event')),
                ('data', models.JSONField(default=dict, verbose_name='data')),
                ('status', models.CharField(choices=[('WAITING', 'Waiting'), ('DELIVERED', 'Delivered'), ('SKIPPED', 'Skipped')], default='WAITING', max_length=9, verbose_name='status')),
                ('attempts_made', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='workspaces.workspace', verbose_name='workspace')),
                ('endpoint', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='integrations.webhookendpoint', verbose_name='endpoint')),
            ],
            options={
                'verbose_name': 'webhook delivery',
                'verbose_name_plural': 'webhook deliveries',
                'indexes': [models.Index(condition=models.Q(('status', 'WAITING')), fields=['endpoint', 'position'], name='delivery_waiting'), models.Index(fields=['endpoint', '-id'], name='delivery_log'), models.Index(condition=models.Q(('event', 'feedback.received')), fields=['workspace'], name='delivery_with_words')],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'id'), name='integrations_webhookdelivery_workspace_id'), models.CheckConstraint(condition=models.Q(('status__in', ['WAITING', 'DELIVERED', 'SKIPPED'])), name='integrations_webhookdelivery_status_known'), core.constraints.SameWorkspace(digest='f88a0b338354703b', field='endpoint', name='integrations_webhookdelivery_endpoint_fk'), core.constraints.RowSecurity(digest='52c3b5e0d0091c99', name='integrations_webhookdelivery_row_security')],
            },
        ),
        migrations.CreateModel(
            name='ApiKey',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('made_by_name', models.CharField(max_length=120, verbose_name='made by')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('prefix', models.CharField(max_length=16, unique=True, verbose_name='begins with')),
                ('digest', models.CharField(max_length=64, verbose_name='digest')),
                ('scopes', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=24), size=None, verbose_name='may')),
                ('addresses', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=43), blank=True, default=list, size=None, verbose_name='from these addresses alone')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='until')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                ('last_used_at', models.DateTimeField(blank=True, null=True, verbose_name='last used')),
                ('made_by', models.ForeignKey(db_constraint=False, help_text='Without them the key stops.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='api_keys', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'API key',
                'verbose_name_plural': 'API keys',
                'constraints': [models.CheckConstraint(condition=models.Q(('scopes__len__gte', 1)), name='integrations_apikey_has_scopes'), core.constraints.SameWorkspace(digest='2994bbfb0d36779d', field='made_by', name='integrations_apikey_made_by_fk'), core.constraints.RowSecurity(digest='e3eec0b42288a519', name='integrations_apikey_row_security')],
            },
        ),
        migrations.CreateModel(
            name='DeliveryAttempt',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('status_code', models.PositiveSmallIntegerField(null=True, verbose_name='status code')),
                ('answer', models.TextField(blank=True, help_text='The beginning of what the endpoint answered.', verbose_name='answer')),
                ('trouble', models.CharField(blank=True, choices=[('ADDRESS', 'The address leads into a private network, where nothing is sent'), ('NAME', 'The name of the address is not known, or leads into a private network'), ('CONNECT', 'Nothing takes calls at this address'), ('TLS', 'The certificate of the address is not valid'), ('TIMEOUT', 'No answer came in time'), ('BROKEN', 'The answer could not be read'), ('SECRET', 'The secret cannot be read any more: make a new one')], help_text='Why there was no answer.', max_length=8, verbose_name='trouble')),
                ('took_ms', models.PositiveIntegerField(verbose_name='milliseconds')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to='workspaces.workspace', verbose_name='workspace')),
                ('delivery', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='attempts', to='integrations.webhookdelivery', verbose_name='webhook delivery')),
            ],
            options={
                'verbose_name': 'delivery attempt',
                'verbose_name_plural': 'delivery attempts',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('status_code__isnull', False), ('trouble', '')), models.Q(('status_code', None), ('trouble__in', ['ADDRESS', 'NAME', 'CONNECT', 'TLS', 'TIMEOUT', 'BROKEN', 'SECRET'])), _connector='OR'), name='integrations_deliveryattempt_answer_or_trouble'), core.constraints.SameWorkspace(digest='e676853468744f78', field='delivery', name='integrations_deliveryattempt_delivery_fk'), core.constraints.RowSecurity(digest='7a2d09a045b99f03', name='integrations_deliveryattempt_row_security')],
            },
        ),
    ]
