import core.constraints
import core.ids
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.functions.text
import patients.models.patient
from django.conf import settings
from django.db import migrations, models


# The search index: the words of a name without accents and capitals, and the phone in reverse. Under
# row-level security PostgreSQL uses an index only for plain comparisons (other operators could leak
# hidden rows), so the words are rows of a table of their own with the same policy.
WORDS = r"""
CREATE FUNCTION patients_words(name text, phone text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_remove(string_to_array(translate(
        lower(regexp_replace(normalize(name, NFKD), '[\u0300-\u036f]', '', 'g')),
        '.,;:-_/\|()[]{}"''`’´&+*#!?¡¿' || chr(9) || chr(10) || chr(160), rpad('', 40)), ' '), '')
    || CASE WHEN phone = '' THEN '{}' ELSE ARRAY[reverse(substr(phone, 2))] END
$$;

CREATE FUNCTION patients_begins(name text, phone text, beginnings text[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT bool_and(EXISTS (
        SELECT FROM unnest(patients_words(name, phone)) word WHERE starts_with(word, beginning)))
    FROM unnest(beginnings) beginning
$$;

CREATE TABLE patients_word (
    workspace_id uuid NOT NULL,
    patient_id uuid NOT NULL,
    word text COLLATE "C" NOT NULL
);
CREATE INDEX patients_word_found ON patients_word (workspace_id, word, patient_id);
ALTER TABLE patients_word ENABLE ROW LEVEL SECURITY;
ALTER TABLE patients_word FORCE ROW LEVEL SECURITY;
CREATE POLICY patients_word_row_security ON patients_word USING (
    workspace_id = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid)
    OR (SELECT coalesce(current_setting('app.platform', true), '') <> ''));

CREATE FUNCTION patients_word_added() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO patients_word (workspace_id, patient_id, word)
    SELECT workspace_id, id, unnest(patients_words(name, phone)) FROM fresh;
    RETURN NULL;
END $$;
CREATE TRIGGER patients_word_added AFTER INSERT ON patients_patient
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION patients_word_added();

CREATE FUNCTION patients_word_changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM patients_word
    WHERE workspace_id = OLD.workspace_id AND patient_id = OLD.id
      AND word = ANY (patients_words(OLD.name, OLD.phone));
    INSERT INTO patients_word (workspace_id, patient_id, word)
    SELECT NEW.workspace_id, NEW.id, unnest(patients_words(NEW.name, NEW.phone));
    RETURN NULL;
END $$;
CREATE TRIGGER patients_word_changed AFTER UPDATE OF name, phone ON patients_patient FOR EACH ROW
    WHEN (OLD.name IS DISTINCT FROM NEW.name OR OLD.phone IS DISTINCT FROM NEW.phone)
    EXECUTE FUNCTION patients_word_changed();

CREATE FUNCTION patients_word_gone() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    DELETE FROM patients_word w
    USING (SELECT workspace_id, id, unnest(patients_words(name, phone)) AS word FROM gone) g
    WHERE w.workspace_id = g.workspace_id AND w.word = g.word AND w.patient_id = g.id;
    RETURN NULL;
END $$;
CREATE TRIGGER patients_word_gone AFTER DELETE ON patients_patient
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION patients_word_gone();
"""

UNDO = """
DROP FUNCTION patients_word_added() CASCADE;
DROP FUNCTION patients_word_changed() CASCADE;
DROP FUNCTION patients_word_gone() CASCADE;
DROP TABLE patients_word;
DROP FUNCTION patients_begins(text, text, text[]);
DROP FUNCTION patients_words(text, text);
"""


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('campaigns', '0001_initial'),
        ('workspaces', '0001_initial'),
        ('workspaces', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Import',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('uploaded_by_name', models.CharField(max_length=120, verbose_name='uploaded by')),
                ('file', models.FileField(blank=True, upload_to='imports/%Y/%m/', verbose_name='stored file')),
                ('file_size', models.PositiveBigIntegerField(db_default=0, default=0, verbose_name='size of the file')),
                ('filename', models.CharField(max_length=200, verbose_name='file')),
                ('survey', models.JSONField(default=dict, help_text='What the file is, as patients.lists.survey saw it.', verbose_name='survey')),
                ('layout', models.CharField(blank=True, help_text='Names the set of its headings.', max_length=64, verbose_name='layout')),
                ('sheet', models.CharField(blank=True, max_length=100, verbose_name='sheet')),
                ('mapping', models.JSONField(default=dict, help_text='Which heading holds which of our fields.', verbose_name='columns')),
                ('date_order', models.CharField(blank=True, choices=[('DMY', 'day, month, year'), ('MDY', 'month, day, year'), ('YMD', 'year, month, day')], max_length=3, verbose_name='order of dates')),
                ('consent_words', models.CharField(blank=True, help_text='What the uploader declared for all rows of a list without such a column.', max_length=200, verbose_name='consent of everyone')),
                ('is_automatic', models.BooleanField(default=False, help_text='Sent in by a program: it goes on without anybody’s word.', verbose_name='automatic')),
                ('status', models.CharField(choices=[('UPLOADED', 'Being read'), ('SURVEYED', 'Columns to be confirmed'), ('CHECKING', 'Being checked'), ('CHECKED', 'Waiting for your word'), ('RUNNING', 'Running'), ('DONE', 'Done'), ('FAILED', 'Failed'), ('CANCELLED', 'Cancelled'), ('TAKEN_BACK', 'Taken back')], default='UPLOADED', max_length=10, verbose_name='status')),
                ('rows_total', models.PositiveIntegerField(null=True, verbose_name='rows')),
                ('rows_read', models.PositiveIntegerField(default=0, verbose_name='rows read')),
                ('rows_new', models.PositiveIntegerField(default=0, verbose_name='new rows')),
                ('rows_known', models.PositiveIntegerField(default=0, verbose_name='known rows')),
                ('rows_refused', models.PositiveIntegerField(default=0, verbose_name='refused rows')),
                ('rows_changed', models.PositiveIntegerField(db_default=0, default=0, help_text='Known rows of whose appointment the list says something else than before.', verbose_name='changed rows')),
                ('rows_warned', models.PositiveIntegerField(db_default=0, default=0, help_text='Taken, but for a part that could not be used.', verbose_name='rows with a warning')),
                ('statuses', models.JSONField(db_default=[], default=list, help_text='The words of its status column, how they were understood, and how often.', verbose_name='statuses')),
                ('will_be_asked', models.PositiveIntegerField(default=0, verbose_name='will be asked')),
                ('asked_anyway', models.PositiveIntegerField(db_default=0, default=0, help_text='Known patients who wait to be asked, with or without this list.', verbose_name='of these already planned')),
                ('first_ask_at', models.DateTimeField(null=True, verbose_name='first ask')),
                ('last_ask_at', models.DateTimeField(null=True, verbose_name='last ask')),
                ('forecast', models.JSONField(default=dict, help_text='How many rows for each reason not to be asked.', verbose_name='forecast')),
                ('preview', models.JSONField(default=list, help_text='The first rows as they are read.', verbose_name='preview')),
                ('problem', models.CharField(blank=True, max_length=40, verbose_name='problem')),
                ('problem_details', models.JSONField(default=dict, verbose_name='problem details')),
                ('started_at', models.DateTimeField(null=True, verbose_name='started')),
                ('finished_at', models.DateTimeField(null=True, verbose_name='finished')),
                ('campaign', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='imports', to='campaigns.campaign', verbose_name='campaign')),
                ('uploaded_by', models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='imports', to=settings.AUTH_USER_MODEL, verbose_name='uploaded by')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='imports', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'import',
                'verbose_name_plural': 'imports',
                'indexes': [models.Index(fields=['workspace', '-created_at'], name='import_recent'), models.Index(fields=['workspace', 'layout', '-id'], name='import_layout'), models.Index(condition=models.Q(('status__in', ('UPLOADED', 'CHECKING', 'RUNNING'))), fields=['id'], name='import_under_way')],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'id'), name='patients_import_workspace_id'), models.CheckConstraint(condition=models.Q(('status__in', ['UPLOADED', 'SURVEYED', 'CHECKING', 'CHECKED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED', 'TAKEN_BACK'])), name='patients_import_status_known'), models.CheckConstraint(condition=models.Q(('date_order__in', ['', 'DMY', 'MDY', 'YMD'])), name='patients_import_date_order_known'), models.CheckConstraint(condition=models.Q(('rows_read', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('rows_new'), '+', models.F('rows_known')), '+', models.F('rows_refused')))), name='patients_import_every_row_has_an_outcome'), core.constraints.SameWorkspace(digest='8002e27caca644b0', field='campaign', name='patients_import_campaign_fk'), core.constraints.SameWorkspace(digest='5ca8c069b35f7a4c', field='uploaded_by', name='patients_import_uploaded_by_fk'), core.constraints.RowSecurity(digest='0bb58732853ede6a', name='patients_import_row_security')],
            },
        ),
        migrations.CreateModel(
            name='ImportProblem',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('row_number', models.PositiveIntegerField(verbose_name='row')),
                ('reason', models.CharField(max_length=40, verbose_name='reason')),
                ('details', models.JSONField(default=dict, verbose_name='details')),
                ('cells', models.JSONField(default=list, verbose_name='cells')),
                ('is_warning', models.BooleanField(db_default=False, default=False, help_text='The row was taken; only a part of it could not be used.', verbose_name='only a warning')),
                ('source', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='problems', to='patients.import', verbose_name='import')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'import problem',
                'verbose_name_plural': 'import problems',
                'constraints': [models.UniqueConstraint(fields=('source', 'row_number'), name='patients_importproblem_once_per_row'), core.constraints.SameWorkspace(digest='5a365783abaa20c4', field='source', name='patients_importproblem_source_fk'), core.constraints.RowSecurity(digest='41514f033a631996', name='patients_importproblem_row_security')],
            },
        ),
        migrations.CreateModel(
            name='PastAsk',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
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
                'constraints': [models.UniqueConstraint(fields=('workspace', 'digest', 'appointment_time'), name='patients_pastask_once'), core.constraints.RowSecurity(digest='e50c87a2a84fbc69', name='patients_pastask_row_security')],
            },
        ),
        migrations.CreateModel(
            name='Patient',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('row_number', models.PositiveIntegerField(blank=True, null=True, verbose_name='row')),
                ('name', models.CharField(blank=True, max_length=120, verbose_name='name')),
                ('phone', models.CharField(blank=True, max_length=16, verbose_name='phone')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('appointment_time', models.DateTimeField(verbose_name='appointment')),
                ('appointment_type', models.CharField(blank=True, max_length=80, verbose_name='kind of appointment')),
                ('doctor_name', models.CharField(blank=True, max_length=120, verbose_name='doctor')),
                ('preferred_channel', models.CharField(choices=[('SMS', 'SMS'), ('WHATSAPP', 'WhatsApp'), ('EMAIL', 'E-mail')], default='SMS', max_length=8, verbose_name='channel')),
                ('language', models.CharField(choices=[('es', 'Spanish'), ('en', 'English'), ('pt', 'Portuguese')], default='es', max_length=2, verbose_name='language')),
                ('has_consent', models.BooleanField(default=False, verbose_name='consent')),
                ('consent_at', models.DateTimeField(blank=True, null=True, verbose_name='consent given')),
                ('consent_words', models.CharField(blank=True, max_length=200, verbose_name='words of consent')),
                ('consent_by', models.CharField(blank=True, max_length=120, verbose_name='consent recorded by')),
                ('opted_out_at', models.DateTimeField(blank=True, null=True, verbose_name='opted out')),
                ('data_deleted_at', models.DateTimeField(blank=True, null=True, verbose_name='erased')),
                ('anonymised_at', models.DateTimeField(blank=True, null=True, verbose_name='made anonymous')),
                ('did_not_happen', models.BooleanField(db_default=False, default=False, help_text='A list says that the appointment was cancelled or missed.', verbose_name='did not happen')),
                ('asked_at', models.DateTimeField(blank=True, null=True, verbose_name='asked')),
                ('asked_before_at', models.DateTimeField(blank=True, help_text='Through another row, which no longer holds this phone or e-mail.', null=True, verbose_name='asked before')),
                ('review_clicked_at', models.DateTimeField(blank=True, null=True, verbose_name='review link used')),
                ('review_clicks', models.PositiveIntegerField(default=0, verbose_name='review link clicks')),
                ('token', models.CharField(default=patients.models.patient.new_token, editable=False, max_length=16, verbose_name='token')),
                ('campaign', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='patients', to='campaigns.campaign', verbose_name='campaign')),
                ('source', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='patients', to='patients.import', verbose_name='import')),
                ('workspace', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='patients', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'patient',
                'verbose_name_plural': 'patients',
                'indexes': [models.Index(condition=models.Q(('data_deleted_at', None)), fields=['workspace', '-appointment_time', '-id'], name='patient_recent'), models.Index(condition=models.Q(('data_deleted_at', None)), fields=['campaign', '-appointment_time', '-id'], name='patient_of_campaign'), models.Index(condition=models.Q(('data_deleted_at', None), ('opted_out_at__isnull', False)), fields=['workspace', '-appointment_time', '-id'], name='patient_opted_out'), models.Index(condition=models.Q(('data_deleted_at', None), ('has_consent', False)), fields=['workspace', '-appointment_time', '-id'], name='patient_no_consent'), models.Index(condition=models.Q(('phone', ''), _negated=True), fields=['phone', 'workspace', '-asked_at'], name='patient_by_phone'), models.Index(condition=models.Q(('email', ''), _negated=True), fields=['email', 'workspace', '-asked_at'], name='patient_by_email'), models.Index(condition=models.Q(('asked_at', None), ('data_deleted_at', None), ('has_consent', True), ('opted_out_at', None)), fields=['campaign', 'appointment_time'], name='patient_to_ask'), models.Index(condition=models.Q(('anonymised_at', None), ('data_deleted_at__isnull', False)), fields=['data_deleted_at'], name='patient_to_anonymise')],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'id'), name='patients_patient_workspace_id'), models.UniqueConstraint(fields=('token',), name='patients_patient_token_unique'), models.UniqueConstraint(condition=models.Q(('phone', ''), _negated=True), fields=('campaign', 'phone', 'appointment_time'), name='patients_patient_once_by_phone'), models.UniqueConstraint(condition=models.Q(('phone', ''), models.Q(('email', ''), _negated=True)), fields=('campaign', 'email', 'appointment_time'), name='patients_patient_once_by_email'), models.CheckConstraint(condition=models.Q(('phone', ''), ('phone__regex', '^\\+593[0-9]{9}$'), models.Q(('phone__regex', '^\\+[1-9][0-9]{6,14}$'), models.Q(('phone__startswith', '+593'), _negated=True)), _connector='OR'), name='patients_patient_phone_e164'), models.CheckConstraint(condition=models.Q(models.Q(('phone', ''), _negated=True), models.Q(('email', ''), _negated=True), ('data_deleted_at__isnull', False), _connector='OR'), name='patients_patient_reachable'), models.CheckConstraint(condition=models.Q(('email', django.db.models.functions.text.Lower('email'))), name='patients_patient_email_lower'), models.CheckConstraint(condition=models.Q(('anonymised_at', None), models.Q(('data_deleted_at__isnull', False), ('email', ''), ('name', ''), ('phone', '')), _connector='OR'), name='patients_patient_anonymous_is_nobody'), models.CheckConstraint(condition=models.Q(('has_consent', False), ('consent_at__isnull', False), _connector='OR'), name='patients_patient_consent_has_a_time'), models.CheckConstraint(condition=models.Q(('preferred_channel__in', ['SMS', 'WHATSAPP', 'EMAIL'])), name='patients_patient_channel_known'), models.CheckConstraint(condition=models.Q(('language__in', ['es', 'en', 'pt'])), name='patients_patient_language_known'), core.constraints.SameWorkspace(digest='72eed389f66947de', field='campaign', name='patients_patient_campaign_fk'), core.constraints.SameWorkspace(digest='f667320de47a3447', field='source', name='patients_patient_source_fk'), core.constraints.RowSecurity(digest='c148e8fc54eef86a', name='patients_patient_row_security')],
            },
        ),
        migrations.CreateModel(
            name='Suppression',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('address', models.CharField(blank=True, max_length=254, verbose_name='phone or e-mail')),
                ('digest', models.CharField(max_length=64, verbose_name='digest')),
                ('reason', models.CharField(choices=[('REPLY', 'Answered with an opt-out'), ('LINK', 'Used the opt-out link'), ('CARRIER', 'Told the carrier or WhatsApp'), ('COMPLAINT', 'Reported an e-mail as spam'), ('UNREACHABLE', 'The number or address cannot receive messages'), ('STAFF', 'Added by staff'), ('ERASURE', 'Asked to be erased')], max_length=12, verbose_name='reason')),
                ('at', models.DateTimeField(verbose_name='since')),
                ('reason_before', models.CharField(blank=True, choices=[('REPLY', 'Answered with an opt-out'), ('LINK', 'Used the opt-out link'), ('CARRIER', 'Told the carrier or WhatsApp'), ('COMPLAINT', 'Reported an e-mail as spam'), ('UNREACHABLE', 'The number or address cannot receive messages'), ('STAFF', 'Added by staff'), ('ERASURE', 'Asked to be erased')], max_length=12, verbose_name='reason before the erasure')),
                ('at_before', models.DateTimeField(blank=True, null=True, verbose_name='since, before the erasure')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('by', models.CharField(blank=True, max_length=120, verbose_name='by')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='suppressions', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'suppression',
                'verbose_name_plural': 'suppressions',
                'indexes': [models.Index(fields=['workspace', 'address'], name='suppression_address'), models.Index(fields=['workspace', '-at'], name='suppression_recent')],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'digest'), name='patients_suppression_once'), models.CheckConstraint(condition=models.Q(('reason__in', ['REPLY', 'LINK', 'CARRIER', 'COMPLAINT', 'UNREACHABLE', 'STAFF', 'ERASURE'])), name='patients_suppression_reason_known'), models.CheckConstraint(condition=models.Q(models.Q(('at_before', None), ('reason_before', '')), models.Q(('at_before__isnull', False), ('reason', 'ERASURE'), ('reason_before__in', ['REPLY', 'LINK', 'CARRIER', 'COMPLAINT', 'UNREACHABLE', 'STAFF'])), _connector='OR'), name='patients_suppression_only_an_erasure_covers'), core.constraints.RowSecurity(digest='3b81653efca08fb4', name='patients_suppression_row_security')],
            },
        ),
        migrations.CreateModel(
            name='Doctor',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
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
                'constraints': [models.UniqueConstraint(fields=('workspace', 'key'), name='patients_doctor_once'), core.constraints.RowSecurity(digest='cface4c52b335a1e', name='patients_doctor_row_security')],
            },
        ),
        migrations.CreateModel(
            name='FirstContact',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('digest', models.CharField(max_length=64, verbose_name='digest')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='first_contacts', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'first contact',
                'verbose_name_plural': 'first contacts',
                'constraints': [models.UniqueConstraint(fields=('workspace', 'digest'), name='patients_firstcontact_once'), core.constraints.RowSecurity(digest='884e673d63448158', name='patients_firstcontact_row_security')],
            },
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('address', models.CharField(blank=True, max_length=254, verbose_name='phone or e-mail')),
                ('digest', models.CharField(max_length=64, verbose_name='digest')),
                ('since', models.DateTimeField(verbose_name='since')),
                ('said_to', models.UUIDField(blank=True, help_text='The sender that the text was written to, if clinics share it.', null=True, verbose_name='shared sender')),
                ('heard', models.BooleanField(default=True, help_text='Off where the text was written to another clinic on the same sender.', verbose_name='has the text')),
                ('decision', models.CharField(blank=True, choices=[('STOP', 'No more messages'), ('GO_ON', 'Go on writing')], max_length=5, verbose_name='decision')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='decided')),
                ('decided_by', models.CharField(blank=True, help_text='Empty when the person decided, with a clear word of their own.', max_length=120, verbose_name='decided by')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='holds', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'hold',
                'verbose_name_plural': 'holds',
                'indexes': [models.Index(condition=models.Q(('decision', '')), fields=['workspace', 'address'], name='hold_undecided'), models.Index(condition=models.Q(('decision', ''), ('said_to__isnull', False)), fields=['digest', 'said_to'], name='hold_to_a_shared_sender')],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'digest'), name='patients_hold_once'), models.CheckConstraint(condition=models.Q(('decision__in', ['', 'STOP', 'GO_ON'])), name='patients_hold_decision_known'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('decided_by', ''), ('decision', '')), models.Q(models.Q(('decision', ''), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='patients_hold_decided_has_a_time'), core.constraints.RowSecurity(digest='494498f5f92d7465', name='patients_hold_row_security')],
            },
        ),
        migrations.RunSQL(WORDS, UNDO),
    ]
