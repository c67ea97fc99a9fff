import core.constraints
import core.ids
from django.db import migrations, models


# The ids of `core/ids.py`, for rows that SQL inserts. PostgreSQL has a function of its own from 18 on.
UUID7 = """
CREATE FUNCTION uuid7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
    SELECT encode(set_byte(overlay(uuid_send(gen_random_uuid()) PLACING
        substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint)
        FROM 3) FROM 1 FOR 6), 6,
        (get_byte(uuid_send(gen_random_uuid()), 6) & 15) | 112), 'hex')::uuid
$$
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.RunSQL(UUID7, "DROP FUNCTION uuid7()"),
        migrations.CreateModel(
            name='AuditEvent',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('workspace_id', models.UUIDField(verbose_name='workspace (id)')),
                ('at', models.DateTimeField(auto_now_add=True, verbose_name='when')),
                ('actor_id', models.UUIDField(null=True, verbose_name='who (id)')),
                ('actor_name', models.CharField(max_length=120, verbose_name='who')),
                ('action', models.CharField(max_length=60, verbose_name='what')),
                ('entity_type', models.CharField(max_length=40, verbose_name='kind of thing')),
                ('entity_id', models.UUIDField(null=True, verbose_name='thing (id)')),
                ('entity_name', models.CharField(blank=True, max_length=200, verbose_name='thing')),
                ('old', models.JSONField(default=dict, verbose_name='before')),
                ('new', models.JSONField(default=dict, verbose_name='after')),
                ('address', models.GenericIPAddressField(null=True, verbose_name='address')),
                ('user_agent', models.CharField(blank=True, max_length=200, verbose_name='browser')),
            ],
            options={
                'verbose_name': 'audit event',
                'verbose_name_plural': 'audit trail',
                'indexes': [models.Index(fields=['workspace_id', '-id'], name='audit_recent'), models.Index(fields=['workspace_id', 'actor_id', '-id'], name='audit_actor'), models.Index(fields=['workspace_id', 'entity_type', 'entity_id'], name='audit_entity'), models.Index(condition=models.Q(('address__isnull', False), models.Q(('user_agent', ''), _negated=True), _connector='OR'), fields=['workspace_id', 'at'], name='audit_origin')],
                'constraints': [core.constraints.RowSecurity(digest='15cae4871459b4de', name='core_auditevent_row_security'), core.constraints.AppendOnly(days=30, digest='6afd9bc228f4512d', forgets=['address', 'user_agent'], name='core_auditevent_append_only')],
            },
        ),
        migrations.CreateModel(
            name='IdempotencyRecord',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('workspace_id', models.UUIDField(verbose_name='workspace (id)')),
                ('caller_id', models.UUIDField(help_text='An API key, or a person.', verbose_name='caller (id)')),
                ('key', models.CharField(max_length=255, verbose_name='idempotency key')),
                ('request_digest', models.CharField(max_length=64, verbose_name='digest of the request')),
                ('status', models.PositiveSmallIntegerField(verbose_name='status')),
                ('headers', models.JSONField(default=dict, verbose_name='headers')),
                ('body', models.TextField(blank=True, verbose_name='body')),
            ],
            options={
                'verbose_name': 'kept answer',
                'verbose_name_plural': 'kept answers',
                'indexes': [models.Index(fields=['created_at'], name='idempotencyrecord_to_forget')],
                'constraints': [models.UniqueConstraint(fields=('workspace_id', 'caller_id', 'key'), name='core_idempotencyrecord_once'), core.constraints.RowSecurity(digest='8062427fc2197b53', name='core_idempotencyrecord_row_security')],
            },
        ),
        migrations.CreateModel(
            name='IncomingWebhook',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('provider', models.CharField(max_length=20, verbose_name='provider')),
                ('kind', models.CharField(max_length=80, verbose_name='kind')),
                ('key', models.CharField(help_text='What makes a repeated call the same call.', max_length=128, verbose_name='key')),
                ('payload', models.JSONField(verbose_name='payload')),
                ('processed_at', models.DateTimeField(blank=True, null=True, verbose_name='processed')),
                ('error', models.CharField(blank=True, max_length=300, verbose_name='error')),
                ('attempts', models.PositiveSmallIntegerField(default=0, verbose_name='attempts')),
                ('next_try_at', models.DateTimeField(blank=True, null=True, verbose_name='next attempt')),
            ],
            options={
                'verbose_name': 'webhook event',
                'verbose_name_plural': 'webhook events',
                'indexes': [models.Index(condition=models.Q(('processed_at', None)), fields=['kind', 'id'], name='webhook_waiting'), models.Index(condition=models.Q(('next_try_at__isnull', False)), fields=['provider', 'id'], name='webhook_retried'), models.Index(condition=models.Q(('error', ''), _negated=True), fields=['error', 'id'], name='webhook_unresolved')],
                'constraints': [models.UniqueConstraint(fields=('provider', 'key'), name='core_webhook_once'), models.CheckConstraint(condition=models.Q(('processed_at', None), ('next_try_at', None), _connector='OR'), name='core_webhook_processed_is_not_retried'), core.constraints.RowSecurity(digest='699688a7e2e90c09', name='core_webhook_row_security', platform_only=True)],
            },
        ),
    ]
