import core.constraints
import core.ids
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('campaigns', '0001_initial'),
        ('patients', '0001_initial'),
        ('workspaces', '0001_initial'),
        ('workspaces', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='CostDay',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('day', models.DateField(unique=True, verbose_name='day (UTC)')),
                ('passes', models.PositiveSmallIntegerField(default=0, verbose_name='times read')),
                ('next_page', models.TextField(blank=True, help_text='Where a reading that is under way goes on.', verbose_name='next page')),
                ('unpriced', models.PositiveIntegerField(default=0, help_text='Messages of this reading.', verbose_name='without a price')),
                ('other_costs', models.JSONField(blank=True, default=dict, help_text='By currency: what belongs to no message here, such as answers and tests.', verbose_name='other costs')),
                ('next_pass_at', models.DateTimeField(blank=True, null=True, verbose_name='to be read')),
            ],
            options={
                'verbose_name': 'day of costs',
                'verbose_name_plural': 'days of costs',
                'constraints': [core.constraints.RowSecurity(digest='40a40f6b07d296e1', name='messaging_costday_row_security', platform_only=True)],
            },
        ),
        migrations.CreateModel(
            name='Message',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('type', models.CharField(choices=[('INITIAL', 'Ask'), ('FOLLOWUP_HAPPY', 'Thanks, with the review link'), ('FOLLOWUP_UNHAPPY', 'Sorry, with the private form'), ('REMINDER', 'Reminder'), ('CLARIFY', 'Asks once more, for a number from 1 to 5'), ('CONFIRM_STOP', 'Confirms that no more messages come'), ('CONFIRM_START', 'Confirms that messages come again'), ('ANSWER', 'Answer by a person')], max_length=20, verbose_name='type')),
                ('channel', models.CharField(choices=[('SMS', 'SMS'), ('WHATSAPP', 'WhatsApp'), ('EMAIL', 'E-mail')], max_length=8, verbose_name='channel')),
                ('status', models.CharField(choices=[('PENDING', 'Waiting'), ('SENDING', 'Being sent'), ('UNKNOWN', 'No answer from the provider'), ('SENT', 'Sent'), ('FAILED', 'Failed'), ('DELIVERED', 'Delivered'), ('REPLIED', 'Answered'), ('CANCELLED', 'Not sent')], default='PENDING', max_length=10, verbose_name='status')),
                ('content', models.TextField(blank=True, help_text='As it was sent.', verbose_name='text')),
                ('template_id', models.UUIDField(blank=True, editable=False, null=True, verbose_name='template')),
                ('template_version', models.PositiveIntegerField(blank=True, editable=False, null=True, verbose_name='template version')),
                ('content_sid', models.CharField(blank=True, db_default='', default='', help_text='Of the approved template that was sent.', max_length=34, verbose_name='WhatsApp content SID')),
                ('content_values', models.JSONField(blank=True, editable=False, help_text='Kept only until the approved text is known and filled in.', null=True, verbose_name='values of the approved text')),
                ('written_by', models.CharField(blank=True, max_length=120, verbose_name='written by')),
                ('segments', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='segments')),
                ('cost', models.DecimalField(blank=True, decimal_places=6, help_text='What the provider charged us; it says so up to a day later.', max_digits=12, null=True, verbose_name='cost')),
                ('cost_currency', models.CharField(blank=True, db_default='', default='', max_length=3, verbose_name='currency of the cost')),
                ('comment', models.TextField(blank=True, help_text='What came with the rating.', verbose_name='comment')),
                ('quotable_at', models.DateTimeField(blank=True, help_text='When the patient allowed the comment to be shown, without a name.', null=True, verbose_name='may be quoted')),
                ('rating', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='rating')),
                ('external_id', models.CharField(blank=True, max_length=64, null=True, unique=True, verbose_name='provider’s id')),
                ('error', models.CharField(blank=True, max_length=300, verbose_name='error')),
                ('error_code', models.CharField(blank=True, max_length=20, verbose_name='error code')),
                ('attempt', models.PositiveSmallIntegerField(default=0, verbose_name='attempt')),
                ('claimed_until', models.DateTimeField(blank=True, null=True, verbose_name='held until')),
                ('next_attempt_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='next attempt')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent')),
                ('delivered_at', models.DateTimeField(blank=True, null=True, verbose_name='delivered')),
                ('read_at', models.DateTimeField(blank=True, null=True, verbose_name='read')),
                ('reminded_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='reminded')),
                ('replied_at', models.DateTimeField(blank=True, null=True, verbose_name='answered')),
                ('campaign', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='campaigns.campaign', verbose_name='campaign')),
                ('patient', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='patients.patient', verbose_name='patient')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'message',
                'verbose_name_plural': 'messages',
            },
        ),
        migrations.CreateModel(
            name='Feedback',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('rating', models.PositiveSmallIntegerField(verbose_name='rating')),
                ('comment', models.TextField(blank=True, max_length=4000, verbose_name='comment')),
                ('status', models.CharField(choices=[('OPEN', 'Open'), ('IN_PROGRESS', 'In progress'), ('RESOLVED', 'Resolved')], default='OPEN', max_length=12, verbose_name='status')),
                ('alerted_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='staff told')),
                ('first_action_at', models.DateTimeField(blank=True, null=True, verbose_name='first action')),
                ('resolved_at', models.DateTimeField(blank=True, null=True, verbose_name='resolved')),
                ('assignee', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='assigned_feedback', to=settings.AUTH_USER_MODEL, verbose_name='assigned to')),
                ('patient', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='feedback', to='patients.patient', verbose_name='patient')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='feedback', to='workspaces.workspace', verbose_name='workspace')),
                ('message', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='feedback', to='messaging.message', verbose_name='message')),
            ],
            options={
                'verbose_name': 'feedback',
                'verbose_name_plural': 'feedback',
                'indexes': [models.Index(fields=['workspace', 'status', '-created_at'], name='feedback_board'), models.Index(condition=models.Q(('alerted_at', None)), fields=['created_at'], name='feedback_to_alert')],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'id'), name='messaging_feedback_workspace_id'), models.CheckConstraint(condition=models.Q(('status__in', ['OPEN', 'IN_PROGRESS', 'RESOLVED'])), name='messaging_feedback_status_known'), models.CheckConstraint(condition=models.Q(('rating__gte', 1), ('rating__lte', 5)), name='messaging_feedback_rating_1_to_5'), models.CheckConstraint(condition=models.Q(models.Q(('resolved_at__isnull', False), ('status', 'RESOLVED')), models.Q(models.Q(('status', 'RESOLVED'), _negated=True), ('resolved_at', None)), _connector='OR'), name='messaging_feedback_resolved_has_a_time'), core.constraints.SameWorkspace(digest='6f7d809ff3d5f402', field='patient', name='messaging_feedback_patient_fk'), core.constraints.SameWorkspace(digest='a8db921a5e5fa9a4', field='message', name='messaging_feedback_message_fk'), core.constraints.SameWorkspace(digest='bdb3b5cb5de1beff', field='assignee', name='messaging_feedback_assignee_fk'), core.constraints.RowSecurity(digest='bcb16c4e5131b2c5', name='messaging_feedback_row_security')],
            },
        ),
        migrations.CreateModel(
            name='PhoneCode',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('phone', models.CharField(max_length=20, verbose_name='phone')),
                ('digest', models.CharField(blank=True, max_length=64, verbose_name='digest')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent')),
                ('expires_at', models.DateTimeField(verbose_name='expires')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                ('used_at', models.DateTimeField(blank=True, null=True, verbose_name='used')),
                ('user', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='user')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'phone code',
                'verbose_name_plural': 'phone codes',
                'indexes': [models.Index(fields=['phone', 'created_at'], name='phonecode_to_number'), models.Index(fields=['workspace', 'created_at'], name='phonecode_of_clinic')],
                'constraints': [models.CheckConstraint(condition=models.Q(('tries__lte', 5)), name='messaging_phonecode_few_tries'), models.CheckConstraint(condition=models.Q(models.Q(('digest', ''), ('sent_at', None), ('used_at', None)), models.Q(models.Q(('digest', ''), _negated=True), ('sent_at__isnull', False)), _connector='OR'), name='messaging_phonecode_sent_with_a_digest'), core.constraints.SameWorkspace(digest='d0c222b809f9fe9d', field='user', name='messaging_phonecode_user_fk'), core.constraints.RowSecurity(digest='37c38622abe70391', name='messaging_phonecode_row_security')],
            },
        ),
        migrations.CreateModel(
            name='Quote',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('chosen_by_name', models.CharField(max_length=120, verbose_name='chosen by')),
                ('text', models.TextField(blank=True, db_default='', default='', help_text='As they are shown.', verbose_name='words')),
                ('allowed_at', models.DateTimeField(blank=True, null=True, verbose_name='allowed by the patient')),
                ('withdrawn_at', models.DateTimeField(blank=True, null=True, verbose_name='not shown since')),
                ('withdrawn_because', models.CharField(blank=True, choices=[('WORDS', 'The patient changed their words.'), ('RATING', 'The patient changed their rating.'), ('PERMISSION', 'The patient does not want their words shown any more.')], db_default='', default='', max_length=10, verbose_name='reason')),
                ('message', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='quote', to='messaging.message', verbose_name='message')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='quotes', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'quote',
                'verbose_name_plural': 'quotes',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('allowed_at__isnull', False), ('withdrawn_at', None), models.Q(('text', ''), _negated=True)), models.Q(('text', ''), ('withdrawn_at__isnull', False)), _connector='OR'), name='messaging_quote_shown_has_allowed_words'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_at', None), ('withdrawn_because', '')), models.Q(('withdrawn_at__isnull', False), ('withdrawn_because__in', ['WORDS', 'RATING', 'PERMISSION'])), _connector='OR'), name='messaging_quote_withdrawn_for_a_reason'), core.constraints.SameWorkspace(digest='ab1eaca420ac7d2a', field='message', name='messaging_quote_message_fk'), core.constraints.RowSecurity(digest='0203d88e5cce231f', name='messaging_quote_row_security')],
            },
        ),
        migrations.CreateModel(
            name='RecoveryStep',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('kind', models.CharField(choices=[('NOTE', 'Note'), ('ASSIGNED', 'Assigned'), ('STARTED', 'In progress'), ('RESOLVED', 'Resolved'), ('REOPENED', 'Opened again')], max_length=8, verbose_name='kind')),
                ('text', models.TextField(blank=True, max_length=2000, verbose_name='text')),
                ('by_name', models.CharField(max_length=120, verbose_name='by')),
                ('feedback', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='messaging.feedback', verbose_name='feedback')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'recovery step',
                'verbose_name_plural': 'recovery steps',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['NOTE', 'ASSIGNED', 'STARTED', 'RESOLVED', 'REOPENED'])), name='messaging_recoverystep_kind_known'), core.constraints.SameWorkspace(digest='6b1845915fc9f95f', field='feedback', name='messaging_recoverystep_feedback_fk'), core.constraints.RowSecurity(digest='6a07055d8b426db5', name='messaging_recoverystep_row_security')],
            },
        ),
        migrations.CreateModel(
            name='Sender',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('channel', models.CharField(choices=[('SMS', 'SMS'), ('WHATSAPP', 'WhatsApp'), ('EMAIL', 'E-mail')], max_length=8, verbose_name='channel')),
                ('address', models.CharField(max_length=254, verbose_name='address or messaging service')),
                ('two_way', models.BooleanField(default=False, help_text='Where it is off, a text must carry a link: nobody can answer it.', verbose_name='replies come back')),
                ('rate_per_second', models.DecimalField(decimal_places=2, default=1, max_digits=6, verbose_name='messages a second')),
                ('paused_at', models.DateTimeField(blank=True, null=True, verbose_name='paused')),
                ('pause_reason', models.CharField(blank=True, max_length=200, verbose_name='why')),
                ('next_probe_at', models.DateTimeField(blank=True, help_text='When one message tries whether it works again. Empty: paused by hand.', null=True, verbose_name='next try')),
                ('workspace', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='senders', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'sender',
                'verbose_name_plural': 'senders',
                'constraints': [models.UniqueConstraint(fields=('channel', 'address'), name='messaging_sender_address_unique'), models.CheckConstraint(condition=models.Q(('channel__in', ['SMS', 'WHATSAPP', 'EMAIL'])), name='messaging_sender_channel_known'), models.CheckConstraint(condition=models.Q(('rate_per_second__gt', 0)), name='messaging_sender_rate_positive'), models.CheckConstraint(condition=models.Q(('next_probe_at', None), ('paused_at__isnull', False), _connector='OR'), name='messaging_sender_probed_only_while_paused'), core.constraints.RowSecurity(digest='065346171e14f6eb', name='messaging_sender_row_security', shared=True)],
            },
        ),
        migrations.AddField(
            model_name='message',
            name='sender',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='messaging.sender', verbose_name='sender'),
        ),
        migrations.CreateModel(
            name='InboundMessage',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('channel', models.CharField(choices=[('SMS', 'SMS'), ('WHATSAPP', 'WhatsApp'), ('EMAIL', 'E-mail')], max_length=8, verbose_name='channel')),
                ('body', models.TextField(blank=True, verbose_name='text')),
                ('external_id', models.CharField(max_length=64, unique=True, verbose_name='provider’s id')),
                ('received_at', models.DateTimeField(verbose_name='received')),
                ('intent', models.CharField(choices=[('rating', 'Rating'), ('opt_out', 'Opt-out'), ('opt_in', 'Opt-in'), ('help', 'Asks for help'), ('other', 'For a person to read')], max_length=8, verbose_name='means')),
                ('rating', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='rating')),
                ('patient', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='inbound_messages', to='patients.patient', verbose_name='patient')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='inbound_messages', to='workspaces.workspace', verbose_name='workspace')),
                ('message', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='messaging.message', verbose_name='answers')),
                ('sender', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='messaging.sender', verbose_name='sender')),
            ],
            options={
                'verbose_name': 'inbound message',
                'verbose_name_plural': 'inbound messages',
                'constraints': [models.CheckConstraint(condition=models.Q(('channel__in', ['SMS', 'WHATSAPP', 'EMAIL'])), name='messaging_inbound_channel_known'), models.CheckConstraint(condition=models.Q(('intent__in', ['rating', 'opt_out', 'opt_in', 'help', 'other'])), name='messaging_inbound_intent_known'), models.CheckConstraint(condition=models.Q(('rating', None), models.Q(('rating__gte', 1), ('rating__lte', 5)), _connector='OR'), name='messaging_inbound_rating_1_to_5'), core.constraints.SameWorkspace(digest='3568aaf517f5ac51', field='patient', name='messaging_inbound_patient_fk'), core.constraints.SharedOrOwn(digest='e6d6f5bcb4f05572', field='sender', name='messaging_inbound_sender_own'), core.constraints.SameWorkspace(digest='dbdec358a6db6e4d', field='message', name='messaging_inbound_message_fk'), core.constraints.RowSecurity(digest='99512218e0a2ded6', name='messaging_inbound_row_security')],
            },
        ),
        migrations.CreateModel(
            name='HiddenNumber',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('user_id', models.CharField(help_text='Means something to this sender only.', max_length=128, verbose_name='WhatsApp user')),
                ('address', models.CharField(max_length=16, verbose_name='phone')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hidden_numbers', to='workspaces.workspace', verbose_name='workspace')),
                ('sender', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hidden_numbers', to='messaging.sender', verbose_name='sender')),
            ],
            options={
                'verbose_name': 'hidden number',
                'verbose_name_plural': 'hidden numbers',
                'indexes': [models.Index(fields=['address', 'workspace'], name='hiddennumber_address')],
                'constraints': [models.UniqueConstraint(fields=('sender', 'user_id', 'workspace'), name='messaging_hiddennumber_once'), core.constraints.SharedOrOwn(digest='397727354f9d6799', field='sender', name='messaging_hiddennumber_sender_own'), core.constraints.RowSecurity(digest='924f01d24881809a', name='messaging_hiddennumber_row_security')],
            },
        ),
        migrations.CreateModel(
            name='SenderStop',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('address', models.CharField(max_length=254, verbose_name='address')),
                ('sender', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='stops', to='messaging.sender', verbose_name='sender')),
            ],
            options={
                'verbose_name': 'stop to a sender',
                'verbose_name_plural': 'stops to senders',
                'constraints': [models.UniqueConstraint(fields=('sender', 'address'), name='messaging_senderstop_once'), core.constraints.RowSecurity(digest='6ed34652765e2b93', name='messaging_senderstop_row_security', platform_only=True)],
            },
        ),
        migrations.CreateModel(
            name='CannedAnswer',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('content', models.TextField(max_length=1000, verbose_name='text')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='canned_answers', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'canned answer',
                'verbose_name_plural': 'canned answers',
                'constraints': [models.UniqueConstraint(fields=('workspace', 'name'), name='messaging_cannedanswer_name_once'), core.constraints.RowSecurity(digest='465c2fe0584a9c1b', name='messaging_cannedanswer_row_security')],
            },
        ),
        migrations.CreateModel(
            name='Conversation',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('last_at', models.DateTimeField(verbose_name='last written')),
                ('waiting_since', models.DateTimeField(blank=True, null=True, verbose_name='waiting since')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
                ('assignee', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='conversations', to=settings.AUTH_USER_MODEL, verbose_name='assigned to')),
                ('patient', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='conversation', to='patients.patient', verbose_name='patient')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='conversations', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'conversation',
                'verbose_name_plural': 'conversations',
                'indexes': [models.Index(fields=['workspace', 'closed_at', '-last_at'], name='conversation_recent')],
                'constraints': [models.CheckConstraint(condition=models.Q(('waiting_since', None), ('closed_at', None), _connector='OR'), name='messaging_conversation_waiting_is_open'), core.constraints.SameWorkspace(digest='e81d58ed9cf3f9c4', field='patient', name='messaging_conversation_patient_fk'), core.constraints.SameWorkspace(digest='9703552fd1d28e7f', field='assignee', name='messaging_conversation_assignee_fk'), core.constraints.RowSecurity(digest='21924c55c8c588de', name='messaging_conversation_row_security')],
            },
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('status', 'PENDING')), fields=['channel', 'workspace', 'type', 'next_attempt_at'], name='message_pending'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('status__in', ['SENDING', 'UNKNOWN'])), fields=['claimed_until'], name='message_in_flight'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('reminded_at', None), ('status__in', ['SENT', 'DELIVERED']), ('type', 'INITIAL')), fields=['campaign', 'sent_at'], name='message_to_remind'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('error_code__in', ['20003', '30002', '30003', '30008', '30036', '63003', '63016', '63020', '63024', '63027', '63028', '63032', '63041', '63049']), ('status', 'FAILED')), fields=['updated_at'], name='message_to_try_again'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('template_id__isnull', False)), fields=['workspace', 'template_id', 'template_version'], name='message_text_version'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('content_values__isnull', False)), fields=['content_sid'], name='message_text_to_fill_in'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('error_code', ''), _negated=True), fields=['sender', 'error_code', '-updated_at'], name='message_failed_by_sender'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['workspace', '-sent_at'], name='message_sent'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('replied_at__isnull', False)), fields=['workspace', '-replied_at'], name='message_answered'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(condition=models.Q(('delivered_at__isnull', False)), fields=['workspace', '-delivered_at'], name='message_delivered'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(fields=['campaign', 'status'], name='message_campaign'),
        ),
        migrations.AddIndex(
            model_name='message',
            index=models.Index(models.F('campaign'), models.Case(models.When(sent_at=None, then='created_at'), default='sent_at'), name='message_day'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(fields=('workspace', 'id'), name='messaging_message_workspace_id'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.UniqueConstraint(condition=models.Q(('type', 'ANSWER'), _negated=True), fields=('patient', 'type'), name='messaging_message_once_per_type'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('type__in', ['INITIAL', 'FOLLOWUP_HAPPY', 'FOLLOWUP_UNHAPPY', 'REMINDER', 'CLARIFY', 'CONFIRM_STOP', 'CONFIRM_START', 'ANSWER'])), name='messaging_message_type_known'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('channel__in', ['SMS', 'WHATSAPP', 'EMAIL'])), name='messaging_message_channel_known'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['PENDING', 'SENDING', 'UNKNOWN', 'SENT', 'FAILED', 'DELIVERED', 'REPLIED', 'CANCELLED'])), name='messaging_message_status_known'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('rating', None), models.Q(('rating__gte', 1), ('rating__lte', 5), ('type', 'INITIAL')), _connector='OR'), name='messaging_message_rating_1_to_5_on_the_ask'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('claimed_until__isnull', False), ('status', 'SENDING')), models.Q(('status', 'SENDING'), _negated=True), _connector='OR'), name='messaging_message_sending_has_a_lease'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'REPLIED'), _negated=True), ('replied_at__isnull', False), _connector='OR'), name='messaging_message_replied_has_a_time'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('template_id', None), ('template_version', None)), models.Q(('template_id', None), ('template_version', 0)), models.Q(('template_id__isnull', False), ('template_version__gte', 1), ('template_version__isnull', False)), _connector='OR'), name='messaging_message_text_has_a_version'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(('content_values', None), models.Q(('content_sid', ''), _negated=True), _connector='OR'), name='messaging_message_values_of_an_approved_text'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('cost', None), ('cost_currency', '')), models.Q(('cost__isnull', False), ('cost_currency__regex', '^[A-Z]{3}$')), _connector='OR'), name='messaging_message_cost_in_a_currency'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=core.constraints.SameWorkspace(digest='327c6f305a7ae411', field='campaign', name='messaging_message_campaign_fk'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=core.constraints.SameWorkspace(digest='26c78b1d4a4cf751', field='patient', name='messaging_message_patient_fk'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=core.constraints.SharedOrOwn(digest='abc08088153e4c2e', field='sender', name='messaging_message_sender_own'),
        ),
        migrations.AddConstraint(
            model_name='message',
            constraint=core.constraints.RowSecurity(digest='327062f487258a58', name='messaging_message_row_security'),
        ),
    ]
