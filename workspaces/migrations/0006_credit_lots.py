import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

import workspaces.ids
import workspaces.ledger
import workspaces.walls

# Nobody wrote down what the credits of before came with: they become one lot that does not expire.
FILL = """
SELECT set_config('app.platform', 'migrate', true);
INSERT INTO workspaces_creditlot
    (id, created_at, updated_at, workspace_id, entry_id, amount, remaining, withdrawn)
SELECT uuid7(), now(), now(), w.id, e.id, w.message_credits, w.message_credits, 0
FROM workspaces_workspace w
JOIN workspaces_creditentry e ON e.workspace_id = w.id AND e.cause = 'opening'
WHERE w.message_credits > 0;
SET CONSTRAINTS ALL IMMEDIATE;
SELECT set_config('app.platform', '', true);
"""


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0005_payments")]

    operations = [
        migrations.AlterField(
            model_name="creditentry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("GRANT", "Granted"),
                    ("PURCHASE", "Bought"),
                    ("DEBIT", "Spent"),
                    ("RELEASE", "Given back"),
                    ("EXPIRY", "Expired"),
                    ("REVERSAL", "Reversed"),
                ],
                max_length=8,
                verbose_name="kind",
            ),
        ),
        migrations.AddField(
            model_name="creditentry",
            name="of",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="withdrawals",
                to="workspaces.creditentry",
                verbose_name="of the credits",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="creditentry", name="workspaces_creditentry_sign_fits_kind"
        ),
        migrations.AddConstraint(
            model_name="creditentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount__gt", 0), ("kind__in", ["GRANT", "PURCHASE", "RELEASE"])),
                    models.Q(("amount__lt", 0), ("kind__in", ["DEBIT", "EXPIRY", "REVERSAL"])),
                    models.Q(("amount__gte", 0), ("cause", "opening"), ("kind", "GRANT")),
                    _connector="OR",
                ),
                name="workspaces_creditentry_sign_fits_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditentry",
            constraint=models.UniqueConstraint(
                fields=("workspace", "id"), name="workspaces_creditentry_in_its_workspace"
            ),
        ),
        migrations.AddConstraint(
            model_name="creditentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("kind__in", ["EXPIRY", "REVERSAL"]), ("of__isnull", False)),
                    models.Q(("of", None), models.Q(("kind", "REVERSAL"), _negated=True)),
                    _connector="OR",
                ),
                name="workspaces_creditentry_withdrawal_says_of_what",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditentry",
            constraint=workspaces.walls.SameWorkspace(
                field="of", name="workspaces_creditentry_of_its_workspace"
            ),
        ),
        migrations.CreateModel(
            name="CreditLot",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=workspaces.ids.uuid7,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="created")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("amount", models.IntegerField(verbose_name="credits")),
                ("remaining", models.IntegerField(verbose_name="left")),
                (
                    "withdrawn",
                    models.IntegerField(default=0, verbose_name="expired or taken back"),
                ),
                ("expires_at", models.DateTimeField(null=True, verbose_name="expires")),
                ("spent_at", models.DateTimeField(null=True, verbose_name="last spent")),
                (
                    "entry",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="lot",
                        to="workspaces.creditentry",
                        verbose_name="came with",
                    ),
                ),
                (
                    "workspace",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="credit_lots",
                        to="workspaces.workspace",
                        verbose_name="workspace",
                    ),
                ),
            ],
            options={"verbose_name": "credit lot", "verbose_name_plural": "credit lots"},
        ),
        migrations.AddIndex(
            model_name="creditlot",
            index=models.Index(fields=["workspace", "expires_at", "id"], name="creditlot_in_order"),
        ),
        migrations.AddIndex(
            model_name="creditlot",
            index=models.Index(
                condition=models.Q(("expires_at__isnull", False), ("remaining__gt", 0)),
                fields=["expires_at"],
                name="creditlot_lapsing",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditlot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("remaining__gte", 0),
                    ("withdrawn__gte", 0),
                    (
                        "amount__gte",
                        django.db.models.expressions.CombinedExpression(
                            models.F("remaining"), "+", models.F("withdrawn")
                        ),
                    ),
                ),
                name="workspaces_creditlot_within_its_amount",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditlot",
            constraint=workspaces.walls.SameWorkspace(
                field="entry", name="workspaces_creditlot_entry_of_its_workspace"
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.AddConstraint(
            model_name="creditlot",
            constraint=workspaces.walls.Wall(name="workspaces_creditlot_wall"),
        ),
        migrations.AddConstraint(
            model_name="creditlot",
            constraint=workspaces.ledger.LedgerLots(name="workspaces_creditlot_by_ledger"),
        ),
        migrations.RemoveConstraint(
            model_name="creditentry", name="workspaces_creditentry_posting"
        ),
        migrations.AddConstraint(
            model_name="creditentry",
            constraint=workspaces.ledger.LedgerPosting(name="workspaces_creditentry_posting"),
        ),
    ]
