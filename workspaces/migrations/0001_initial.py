import core.constraints
import core.ids
import core.networks
import datetime
import django.db.models.deletion
import django.db.models.functions.text
import workspaces.models.practice
import workspaces.vetting.plain_names
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('core', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Workspace',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('name', models.CharField(max_length=120, validators=[workspaces.vetting.plain_names.plain_name], verbose_name='name')),
                ('plan', models.CharField(choices=[('FREE', 'Free'), ('STARTER', 'Starter'), ('PROFESSIONAL', 'Professional'), ('ENTERPRISE', 'Enterprise')], default='FREE', max_length=16, verbose_name='plan')),
                ('message_credits', models.IntegerField(default=50, help_text='Kept by the database: the sum of the ledger.', verbose_name='message credits')),
                ('credits_full', models.IntegerField(default=50, editable=False, help_text='The balance after the last top-up.', verbose_name='credits after the last top-up')),
                ('credits_warned', models.PositiveSmallIntegerField(editable=False, help_text='The percentage that the owner was last told.', null=True, verbose_name='last credit warning')),
                ('stripe_customer_id', models.CharField(blank=True, max_length=64, null=True, unique=True, verbose_name='Stripe customer')),
                ('stripe_subscription_id', models.CharField(blank=True, max_length=64, null=True, unique=True, verbose_name='Stripe subscription')),
                ('subscription_status', models.CharField(choices=[('INACTIVE', 'Inactive'), ('TRIALING', 'On trial'), ('ACTIVE', 'Active'), ('PAST_DUE', 'Payment overdue'), ('CANCELLED', 'Cancelled')], default='INACTIVE', max_length=16, verbose_name='subscription')),
                ('current_period_end', models.DateTimeField(blank=True, null=True, verbose_name='period ends')),
                ('cancel_at_period_end', models.BooleanField(default=False, verbose_name='ends with the period')),
                ('past_due_since', models.DateTimeField(blank=True, null=True, verbose_name='payment overdue since')),
                ('credits_next_at', models.DateTimeField(editable=False, help_text='When the clock asks Stripe whether they are paid for.', null=True, verbose_name='next monthly credits')),
                ('stripe_read_at', models.DateTimeField(editable=False, help_text='What was asked before this moment may be out of date and is asked again.', null=True, verbose_name='last read from Stripe')),
                ('vetted_at', models.DateTimeField(blank=True, editable=False, help_text='By the platform’s staff.', null=True, verbose_name='vetted')),
                ('first_paid_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='first paid')),
                ('sending_stopped_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='messages stopped')),
                ('sending_stopped_because', models.CharField(blank=True, db_default='', default='', editable=False, max_length=200, verbose_name='messages stopped because')),
                ('language', models.CharField(choices=[('es', 'Spanish'), ('en', 'English'), ('pt', 'Portuguese')], default='es', max_length=2, verbose_name='language')),
                ('ask_again_after_days', models.PositiveSmallIntegerField(default=30, verbose_name='days before the same person is asked again')),
                ('undo_minutes', models.PositiveSmallIntegerField(db_default=5, default=5, help_text='The patients of a new list are not asked before they are over.', verbose_name='minutes in which a list can be taken back')),
                ('review_invites', models.CharField(choices=[('everyone', 'Everyone sees the review link'), ('happy_only', 'Only patients who rated 4 or 5')], default='everyone', max_length=12, verbose_name='who is invited to review')),
                ('plain_letters', models.BooleanField(default=False, help_text='Write á as a and so on, so that an SMS is cut into fewer segments.', verbose_name='plain letters')),
                ('reminder_after_hours', models.PositiveSmallIntegerField(blank=True, null=True, verbose_name='hours until a reminder')),
                ('sms_fallback', models.BooleanField(default=True, help_text='Send an SMS to whoever cannot be reached on WhatsApp.', verbose_name='SMS instead of WhatsApp')),
                ('resend_unknown', models.BooleanField(default=True, help_text='When the provider shows no trace of a message after ten minutes, once more.', verbose_name='send again after silence')),
                ('keep_messages_days', models.PositiveSmallIntegerField(default=90, verbose_name='days that finished messages are kept')),
                ('keep_patients_days', models.PositiveSmallIntegerField(default=730, verbose_name='days that patients are kept')),
                ('idle_minutes', models.PositiveSmallIntegerField(choices=[(30, '30 minutes'), (120, '2 hours'), (720, '12 hours'), (20160, '14 days')], db_default=720, default=720, verbose_name='time without activity that ends a session')),
                ('requires_second_step', models.BooleanField(db_default=False, default=False, verbose_name='second step for everybody')),
                ('allowed_networks', models.TextField(blank=True, db_default='', default='', help_text='One address or network a line. Empty: from anywhere.', validators=[core.networks.validate_networks], verbose_name='addresses to work from')),
            ],
            options={
                'verbose_name': 'workspace',
                'verbose_name_plural': 'workspaces',
                'constraints': [models.CheckConstraint(condition=models.Q(('plan__in', ['FREE', 'STARTER', 'PROFESSIONAL', 'ENTERPRISE'])), name='workspaces_workspace_plan_known'), models.CheckConstraint(condition=models.Q(('subscription_status__in', ['INACTIVE', 'TRIALING', 'ACTIVE', 'PAST_DUE', 'CANCELLED'])), name='workspaces_workspace_subscription_status_known'), models.CheckConstraint(condition=models.Q(('language__in', ['es', 'en', 'pt'])), name='workspaces_workspace_language_known'), models.CheckConstraint(condition=models.Q(('review_invites__in', ['everyone', 'happy_only'])), name='workspaces_workspace_review_invites_known'), models.CheckConstraint(condition=models.Q(('message_credits__gte', 0)), name='workspaces_workspace_credits_not_negative'), models.CheckConstraint(condition=models.Q(('ask_again_after_days__gte', 1), ('keep_messages_days__gte', 1), ('keep_patients_days__gte', 1)), name='workspaces_workspace_days_positive'), models.CheckConstraint(condition=models.Q(('keep_patients_days__gte', 7)), name='workspaces_workspace_patients_kept_until_asked', violation_error_message='Patients must be kept for at least 7 days, or they would be forgotten before they are asked.'), models.CheckConstraint(condition=models.Q(('undo_minutes__lte', 1440)), name='workspaces_workspace_undo_within_a_day'), models.CheckConstraint(condition=models.Q(('idle_minutes__in', [30, 120, 720, 20160])), name='workspaces_workspace_idle_minutes_known'), models.CheckConstraint(condition=models.Q(models.Q(('sending_stopped_at', None), ('sending_stopped_because', '')), models.Q(('sending_stopped_at__isnull', False), models.Q(('sending_stopped_because', ''), _negated=True)), _connector='OR'), name='workspaces_workspace_stopped_because'), models.CheckConstraint(condition=models.Q(('name__regex', '[\\x01-\\x1f\\x7f-\\x9f\\u2028\\u2029]'), _negated=True), name='workspaces_workspace_name_on_one_line'), core.constraints.RowSecurity(digest='d003476e7bd5de91', key='id', name='workspaces_workspace_row_security')],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('name', models.CharField(max_length=120, validators=[workspaces.vetting.plain_names.plain_name], verbose_name='name')),
                ('role', models.CharField(blank=True, choices=[('OWNER', 'Owner'), ('DOCTOR', 'Doctor'), ('RECEPTIONIST', 'Receptionist')], max_length=16, verbose_name='role')),
                ('avatar_url', models.URLField(blank=True, verbose_name='picture')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='phone')),
                ('proven_phone', models.CharField(blank=True, db_default='', default='', editable=False, help_text='The number that a code was sent to and came back from.', max_length=20, verbose_name='confirmed phone')),
                ('language', models.CharField(blank=True, choices=[('es', 'Spanish'), ('en', 'English'), ('pt', 'Portuguese')], max_length=2, verbose_name='language')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('is_staff', models.BooleanField(default=False, verbose_name='platform staff')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
                ('workspace', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='members', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'user',
                'verbose_name_plural': 'users',
                'constraints': [models.UniqueConstraint(django.db.models.functions.text.Lower('email'), name='workspaces_user_email_unique', violation_error_message='Someone already signs in with this e-mail.'), models.UniqueConstraint(fields=('workspace', 'id'), name='workspaces_user_workspace_id'), models.CheckConstraint(condition=models.Q(models.Q(('is_staff', True), ('role', ''), ('workspace', None)), models.Q(('is_staff', False), ('role__in', ['OWNER', 'DOCTOR', 'RECEPTIONIST']), ('workspace__isnull', False)), _connector='OR'), name='workspaces_user_staff_or_member'), models.CheckConstraint(condition=models.Q(('name__regex', '[\\x01-\\x1f\\x7f-\\x9f\\u2028\\u2029]'), _negated=True), name='workspaces_user_name_on_one_line')],
            },
        ),
        migrations.CreateModel(
            name='KnownDevice',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('digest', models.CharField(max_length=64, verbose_name='digest')),
                ('last_seen_at', models.DateTimeField(verbose_name='last sign-in')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='known_devices', to=settings.AUTH_USER_MODEL, verbose_name='user')),
            ],
            options={
                'verbose_name': 'known device',
                'verbose_name_plural': 'known devices',
                'constraints': [models.UniqueConstraint(fields=('user', 'digest'), name='workspaces_knowndevice_once_an_account')],
            },
        ),
        migrations.CreateModel(
            name='SenderFlag',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('kind', models.CharField(choices=[('LINK', 'A link to elsewhere'), ('WORDS', 'Words of phishing'), ('DISPUTE', 'A payment that is disputed'), ('LIMIT', 'Reached the limit of a new clinic')], max_length=8, verbose_name='kind')),
                ('about', models.CharField(max_length=100, verbose_name='what was found')),
                ('seen_at', models.DateTimeField(blank=True, null=True, verbose_name='seen by staff')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='flags', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'flag of a sender',
                'verbose_name_plural': 'flags of senders',
                'indexes': [models.Index(condition=models.Q(('seen_at', None)), fields=['workspace'], name='senderflag_unseen')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['LINK', 'WORDS', 'DISPUTE', 'LIMIT'])), name='workspaces_senderflag_kind_known'), models.UniqueConstraint(fields=('workspace', 'kind', 'about'), name='workspaces_senderflag_once'), core.constraints.RowSecurity(digest='ef5481d7aa337823', name='workspaces_senderflag_row_security')],
            },
        ),
        migrations.CreateModel(
            name='Practice',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('name', models.CharField(max_length=120, validators=[workspaces.vetting.plain_names.plain_name], verbose_name='name')),
                ('address', models.CharField(blank=True, max_length=200, verbose_name='address')),
                ('city', models.CharField(blank=True, max_length=80, verbose_name='city')),
                ('state', models.CharField(blank=True, max_length=80, verbose_name='state or province')),
                ('zip_code', models.CharField(blank=True, max_length=20, verbose_name='postal code')),
                ('country', models.CharField(choices=[('AR', 'Argentina'), ('BO', 'Bolivia'), ('BR', 'Brazil'), ('CL', 'Chile'), ('CO', 'Colombia'), ('CR', 'Costa Rica'), ('DO', 'Dominican Republic'), ('EC', 'Ecuador'), ('ES', 'Spain'), ('GT', 'Guatemala'), ('HN', 'Honduras'), ('MX', 'Mexico'), ('NI', 'Nicaragua'), ('PA', 'Panama'), ('PE', 'Peru'), ('PY', 'Paraguay'), ('SV', 'El Salvador'), ('US', 'United States'), ('UY', 'Uruguay'), ('VE', 'Venezuela')], default='EC', max_length=2, verbose_name='country')),
                ('google_place_id', models.CharField(blank=True, help_text='Happy patients are led to this listing’s reviews.', max_length=200, verbose_name='Google place id')),
                ('google_review_link', models.CharField(blank=True, db_default='', default='', help_text='Where Google’s own link is all that is known of the listing.', max_length=200, verbose_name='Google review link')),
                ('phone', models.CharField(blank=True, max_length=20, verbose_name='phone')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('timezone', models.CharField(default='America/Guayaquil', max_length=64, validators=[workspaces.models.practice.known_timezone], verbose_name='time zone')),
                ('window_start', models.TimeField(default=datetime.time(8, 0), verbose_name='messages from')),
                ('window_end', models.TimeField(default=datetime.time(20, 0), verbose_name='messages until')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='practices', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'practice',
                'verbose_name_plural': 'practices',
                'constraints': [models.UniqueConstraint(fields=('workspace', 'id'), name='workspaces_practice_workspace_id'), models.UniqueConstraint(fields=('workspace', 'name'), name='workspaces_practice_name_unique', violation_error_message='You already have a practice with this name.'), models.CheckConstraint(condition=models.Q(('name__regex', '[\\x01-\\x1f\\x7f-\\x9f\\u2028\\u2029]'), _negated=True), name='workspaces_practice_name_on_one_line'), models.CheckConstraint(condition=models.Q(('country__in', ['AR', 'BO', 'BR', 'CL', 'CO', 'CR', 'DO', 'EC', 'ES', 'GT', 'HN', 'MX', 'NI', 'PA', 'PE', 'PY', 'SV', 'US', 'UY', 'VE'])), name='workspaces_practice_country_known'), models.CheckConstraint(condition=models.Q(('window_start', models.F('window_end')), _negated=True), name='workspaces_practice_window_open', violation_error_message='Messages must be allowed for some part of the day.'), models.CheckConstraint(condition=models.Q(('google_review_link', ''), models.Q(('google_place_id', ''), ('google_review_link__regex', '^https://(g\\.page/(r/)?[A-Za-z0-9_-]{3,80}/review|maps\\.app\\.goo\\.gl/[A-Za-z0-9_-]{5,80}|goo\\.gl/maps/[A-Za-z0-9_-]{5,80}|g\\.co/kgs/[A-Za-z0-9_-]{5,80}|www\\.google\\.com/maps\\?cid=[0-9]{5,20})$')), _connector='OR'), name='workspaces_practice_review_link_of_google', violation_error_message='Either a place id, or a link of Google’s that leads to one place.'), core.constraints.RowSecurity(digest='bcf1dee0827f34ac', name='workspaces_practice_row_security')],
            },
        ),
        migrations.CreateModel(
            name='Invitation',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('email', models.EmailField(max_length=254, verbose_name='e-mail')),
                ('role', models.CharField(choices=[('OWNER', 'Owner'), ('DOCTOR', 'Doctor'), ('RECEPTIONIST', 'Receptionist')], max_length=16, verbose_name='role')),
                ('token_digest', models.CharField(max_length=64, unique=True, verbose_name='token digest')),
                ('invited_by_name', models.CharField(max_length=120, verbose_name='invited by')),
                ('expires_at', models.DateTimeField(verbose_name='expires')),
                ('accepted_at', models.DateTimeField(blank=True, null=True, verbose_name='accepted')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='withdrawn')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'invitation',
                'verbose_name_plural': 'invitations',
                'indexes': [models.Index(fields=['workspace', '-created_at'], name='invitation_recent')],
                'constraints': [models.UniqueConstraint(models.F('workspace'), django.db.models.functions.text.Lower('email'), condition=models.Q(('accepted_at', None), ('revoked_at', None)), name='workspaces_invitation_one_open'), models.CheckConstraint(condition=models.Q(('role__in', ['OWNER', 'DOCTOR', 'RECEPTIONIST'])), name='workspaces_invitation_role_known'), models.CheckConstraint(condition=models.Q(('invited_by_name__regex', '[\\x01-\\x1f\\x7f-\\x9f\\u2028\\u2029]'), _negated=True), name='workspaces_invitation_invited_by_name_on_one_line'), core.constraints.RowSecurity(digest='a3adfbb21adc7f7b', name='workspaces_invitation_row_security')],
            },
        ),
        migrations.CreateModel(
            name='Entitlement',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('source', models.CharField(choices=[('PAYMENT', 'Payment'), ('ADMIN', 'Granted by us'), ('TRIAL', 'Trial')], max_length=8, verbose_name='source')),
                ('plan', models.CharField(blank=True, choices=[('FREE', 'Free'), ('STARTER', 'Starter'), ('PROFESSIONAL', 'Professional'), ('ENTERPRISE', 'Enterprise')], max_length=16, verbose_name='plan')),
                ('limit', models.CharField(blank=True, choices=[('users', 'People'), ('practices', 'Practices')], max_length=16, verbose_name='limit')),
                ('extra', models.PositiveIntegerField(default=0, verbose_name='on top of the plan')),
                ('starts_at', models.DateTimeField(verbose_name='from')),
                ('ends_at', models.DateTimeField(blank=True, null=True, verbose_name='until')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('reference', models.CharField(blank=True, editable=False, help_text='What it follows, such as a subscription; one of each.', max_length=80, verbose_name='reference')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entitlements', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'entitlement',
                'verbose_name_plural': 'entitlements',
                'indexes': [models.Index(fields=['workspace', 'starts_at'], name='entitlement_when')],
                'constraints': [models.CheckConstraint(condition=models.Q(('source__in', ['PAYMENT', 'ADMIN', 'TRIAL'])), name='workspaces_entitlement_source_known'), models.CheckConstraint(condition=models.Q(models.Q(('extra', 0), ('limit', ''), ('plan__in', ['FREE', 'STARTER', 'PROFESSIONAL', 'ENTERPRISE'])), models.Q(('extra__gt', 0), ('limit__in', ['users', 'practices']), ('plan', '')), _connector='OR'), name='workspaces_entitlement_plan_or_limit'), models.CheckConstraint(condition=models.Q(('ends_at', None), ('ends_at__gt', models.F('starts_at')), _connector='OR'), name='workspaces_entitlement_ends_after_start'), models.UniqueConstraint(condition=models.Q(('reference', ''), _negated=True), fields=('workspace', 'reference'), name='workspaces_entitlement_once_per_reference'), core.constraints.RowSecurity(digest='a6dad4cea79e89b8', name='workspaces_entitlement_row_security')],
            },
        ),
    ]
