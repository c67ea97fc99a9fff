import django.db.models.deletion
from django.db import migrations, models

import workspaces.ledger


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0007_api_keys")]

    operations = [
        migrations.AlterField(
            model_name="creditentry",
            name="of",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="withdrawals",
                to="workspaces.creditentry",
                verbose_name="of the credits",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="creditentry", name="workspaces_creditentry_withdrawal_says_of_what"
        ),
        migrations.AddConstraint(
            model_name="creditentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("kind__in", ["EXPIRY", "REVERSAL", "RELEASE"]), ("of__isnull", False)
                    ),
                    models.Q(("of", None), models.Q(("kind", "REVERSAL"), _negated=True)),
                    _connector="OR",
                ),
                name="workspaces_creditentry_withdrawal_says_of_what",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="creditentry", name="workspaces_creditentry_posting"
        ),
        migrations.AddConstraint(
            model_name="creditentry",
            constraint=workspaces.ledger.LedgerPosting(name="workspaces_creditentry_posting"),
        ),
    ]
