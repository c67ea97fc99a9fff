import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import Q

NOT_ERASED = Q(data_deleted_at=None)
NEWEST = ["-appointment_time", "-id"]


class Migration(migrations.Migration):
    # The table is a big one, and people work while an index is built.
    atomic = False

    dependencies = [("patients", "0006_found_by_words")]

    operations = [
        RemoveIndexConcurrently(model_name="patient", name="patient_recent"),
        AddIndexConcurrently(
            model_name="patient",
            index=models.Index(
                fields=["workspace", *NEWEST], condition=NOT_ERASED, name="patient_recent"
            ),
        ),
        AddIndexConcurrently(
            model_name="patient",
            index=models.Index(
                fields=["campaign", *NEWEST], condition=NOT_ERASED, name="patient_of_campaign"
            ),
        ),
        AddIndexConcurrently(
            model_name="patient",
            index=models.Index(
                fields=["workspace", *NEWEST],
                condition=NOT_ERASED & Q(opted_out_at__isnull=False),
                name="patient_opted_out",
            ),
        ),
        AddIndexConcurrently(
            model_name="patient",
            index=models.Index(
                fields=["workspace", *NEWEST],
                condition=NOT_ERASED & Q(has_consent=False),
                name="patient_no_consent",
            ),
        ),
        # What they did, others do as well: rows of a workspace are found by (workspace, id), and
        # nobody looks for the beginning of a token. Both only made imports slower.
        migrations.AlterField(
            model_name="patient",
            name="workspace",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="patients",
                to="workspaces.workspace",
                verbose_name="workspace",
            ),
        ),
        migrations.RunSQL(
            "DROP INDEX CONCURRENTLY IF EXISTS patients_patient_token_00f4a411_like",
            "CREATE INDEX CONCURRENTLY patients_patient_token_00f4a411_like"
            " ON patients_patient (token varchar_pattern_ops)",
        ),
    ]
