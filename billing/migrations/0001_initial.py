import billing.ledger_triggers
import core.constraints
import core.ids
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('core', '0001_initial'),
        ('workspaces', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='PaymentEvent',
            fields=[
            ],
            options={
                'verbose_name': 'payment event',
                'verbose_name_plural': 'payment events',
                'proxy': True,
                'indexes': [],
                'constraints': [],
            },
            bases=('core.incomingwebhook',),
        ),
        migrations.CreateModel(
            name='BillingDifference',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('kind', models.CharField(choices=[('CUSTOMER', 'Customer'), ('SUBSCRIPTION', 'Subscription'), ('PAYMENT', 'Payment')], max_length=12, verbose_name='kind')),
                ('reference', models.CharField(max_length=80, verbose_name='Stripe’s id')),
                ('customer', models.CharField(blank=True, max_length=80, verbose_name='Stripe customer')),
                ('ours', models.CharField(blank=True, max_length=200, verbose_name='what we say')),
                ('theirs', models.CharField(blank=True, max_length=200, verbose_name='what Stripe says')),
                ('seen_at', models.DateTimeField(verbose_name='last seen')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='closed')),
            ],
            options={
                'verbose_name': 'billing difference',
                'verbose_name_plural': 'billing differences',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['CUSTOMER', 'SUBSCRIPTION', 'PAYMENT'])), name='billing_billingdifference_kind_known'), models.UniqueConstraint(condition=models.Q(('closed_at', None)), fields=('kind', 'reference'), name='billing_billingdifference_one_open'), core.constraints.RowSecurity(digest='98cd1d5ff932037b', name='billing_billingdifference_row_security', platform_only=True)],
            },
        ),
        migrations.CreateModel(
            name='CreditEntry',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('kind', models.CharField(choices=[('GRANT', 'Granted'), ('PURCHASE', 'Bought'), ('DEBIT', 'Spent'), ('RELEASE', 'Given back'), ('EXPIRY', 'Expired'), ('REVERSAL', 'Reversed')], max_length=8, verbose_name='kind')),
                ('amount', models.IntegerField(verbose_name='credits')),
                ('cause', models.CharField(help_text='One cause moves credits once.', max_length=120, verbose_name='cause')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='note')),
                ('by', models.CharField(blank=True, max_length=120, verbose_name='by')),
                ('expires_at', models.DateTimeField(blank=True, null=True, verbose_name='expires')),
                ('of', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='withdrawals', to='billing.creditentry', verbose_name='of the credits')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credit_entries', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'credit entry',
                'verbose_name_plural': 'credit ledger',
                'indexes': [models.Index(fields=['workspace', '-id'], name='creditentry_recent')],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'cause'), name='billing_creditentry_once_per_cause'), models.UniqueConstraint(fields=('workspace', 'id'), name='billing_creditentry_in_its_workspace'), models.CheckConstraint(condition=models.Q(models.Q(('amount__gt', 0), ('kind__in', ['GRANT', 'PURCHASE', 'RELEASE'])), models.Q(('amount__lt', 0), ('kind__in', ['DEBIT', 'EXPIRY', 'REVERSAL'])), models.Q(('amount__gte', 0), ('cause', 'opening'), ('kind', 'GRANT')), _connector='OR'), name='billing_creditentry_sign_fits_kind'), models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['EXPIRY', 'REVERSAL', 'RELEASE']), ('of__isnull', False)), models.Q(('of', None), models.Q(('kind', 'REVERSAL'), _negated=True)), _connector='OR'), name='billing_creditentry_withdrawal_says_of_what'), core.constraints.SameWorkspace(digest='54fad36d1662f583', field='of', name='billing_creditentry_of_its_workspace'), core.constraints.RowSecurity(digest='2ae87ef3e3b6267c', name='billing_creditentry_row_security'), core.constraints.AppendOnly(digest='b39dcbe45c71417d', name='billing_creditentry_append_only'), billing.ledger_triggers.LedgerBalance(digest='f205316e7d7591e1', name='billing_creditentry_balance'), billing.ledger_triggers.LedgerPosting(digest='0790fd896fa3accd', name='billing_creditentry_posting')],
            },
        ),
        migrations.CreateModel(
            name='CreditLot',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('amount', models.IntegerField(verbose_name='credits')),
                ('remaining', models.IntegerField(verbose_name='left')),
                ('withdrawn', models.IntegerField(default=0, verbose_name='expired or taken back')),
                ('expires_at', models.DateTimeField(null=True, verbose_name='expires')),
                ('spent_at', models.DateTimeField(null=True, verbose_name='last spent')),
                ('entry', models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='lot', to='billing.creditentry', verbose_name='came with')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credit_lots', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'credit lot',
                'verbose_name_plural': 'credit lots',
                'indexes': [models.Index(fields=['workspace', 'expires_at', 'id'], name='creditlot_in_order'), models.Index(condition=models.Q(('expires_at__isnull', False), ('remaining__gt', 0)), fields=['expires_at'], name='creditlot_lapsing')],
                'constraints': [models.CheckConstraint(condition=models.Q(('remaining__gte', 0), ('withdrawn__gte', 0), ('amount__gte', django.db.models.expressions.CombinedExpression(models.F('remaining'), '+', models.F('withdrawn')))), name='billing_creditlot_within_its_amount'), core.constraints.SameWorkspace(digest='e2c3b822c77472c5', field='entry', name='billing_creditlot_entry_of_its_workspace'), core.constraints.RowSecurity(digest='2dd5c93dfebd7d59', name='billing_creditlot_row_security'), billing.ledger_triggers.LedgerLots(digest='87b1263cbaeba287', name='billing_creditlot_by_ledger')],
            },
        ),
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('payment_intent', models.CharField(max_length=80, unique=True, verbose_name='Stripe payment')),
                ('kind', models.CharField(choices=[('PACK', 'Credits'), ('SUBSCRIPTION', 'Subscription')], max_length=12, verbose_name='kind')),
                ('amount', models.PositiveIntegerField(verbose_name='amount (cents)')),
                ('currency', models.CharField(max_length=3, verbose_name='currency')),
                ('refunded', models.PositiveIntegerField(default=0, verbose_name='refunded (cents)')),
                ('disputed', models.PositiveIntegerField(default=0, verbose_name='disputed (cents)')),
                ('credits', models.PositiveIntegerField(default=0, verbose_name='credits')),
                ('invoice', models.CharField(blank=True, max_length=80, verbose_name='Stripe invoice')),
                ('subscription', models.CharField(blank=True, max_length=80, verbose_name='Stripe subscription')),
                ('paid_at', models.DateTimeField(verbose_name='paid')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='payments', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'payment',
                'verbose_name_plural': 'payments',
                'indexes': [models.Index(fields=['workspace', '-paid_at'], name='payment_recent')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['PACK', 'SUBSCRIPTION'])), name='billing_payment_kind_known'), models.CheckConstraint(condition=models.Q(models.Q(('credits__gt', 0), ('kind', 'PACK'), ('subscription', '')), models.Q(('credits', 0), ('kind', 'SUBSCRIPTION'), models.Q(('subscription', ''), _negated=True)), _connector='OR'), name='billing_payment_pack_or_subscription'), models.CheckConstraint(condition=models.Q(('refunded__lte', models.F('amount'))), name='billing_payment_refund_within'), core.constraints.RowSecurity(digest='3f9e378604bf73cc', name='billing_payment_row_security')],
            },
        ),
        migrations.CreateModel(
            name='BillingNotice',
            fields=[
                ('id', models.UUIDField(default=core.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='changed')),
                ('kind', models.CharField(choices=[('RECEIPT', 'Receipt'), ('PAYMENT_FAILED', 'Payment failed'), ('GRACE_OVER', 'Days of grace over'), ('TRIAL_ENDING', 'Trial ending')], max_length=16, verbose_name='kind')),
                ('cause', models.CharField(max_length=160, verbose_name='cause')),
                ('facts', models.JSONField(default=dict, verbose_name='facts')),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent')),
                ('workspace', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='billing_notices', to='workspaces.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'billing notice',
                'verbose_name_plural': 'billing notices',
                'indexes': [models.Index(condition=models.Q(('sent_at', None)), fields=['id'], name='billingnotice_waiting')],
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ['RECEIPT', 'PAYMENT_FAILED', 'GRACE_OVER', 'TRIAL_ENDING'])), name='billing_billingnotice_kind_known'), models.UniqueConstraint(fields=('workspace', 'cause'), name='billing_billingnotice_once_per_cause'), core.constraints.RowSecurity(digest='186843782a25879f', name='billing_billingnotice_row_security')],
            },
        ),
    ]
