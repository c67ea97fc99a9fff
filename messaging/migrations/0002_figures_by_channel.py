from django.db import migrations, models

# Every counted day is marked, because what counts as delivered has changed: readers count a marked
# day from its messages, so figures are right from the first moment, and the roll-up replaces the
# tallies in batches. Days without a tally carry a mark already.
#
# The advisory lock is the roll-up's own (`insights.rolling.ROLLER`). Without it a roll-up of the
# old code could tally a day that this statement does not see yet.
MARK_ALL_DAYS = """
SELECT set_config('app.platform', 'figures by channel', true);
SELECT pg_advisory_xact_lock(7301002);
INSERT INTO messaging_staleday (id, created_at, workspace_id, campaign_id, day)
SELECT uuid7(), now(), workspace_id, campaign_id, day
FROM messaging_daytally
WHERE facet = 'whole';
SELECT set_config('app.platform', '', true);
"""

MARKS = """
DROP TRIGGER "messaging_staleday_marks_patient" ON patients_patient;
CREATE TRIGGER "messaging_staleday_marks_patient" AFTER UPDATE ON patients_patient
    FOR EACH ROW WHEN (({old}) IS DISTINCT FROM ({new}))
    EXECUTE FUNCTION messaging_staleday_marks_patient();
"""
BEFORE = ["{}.doctor_name", "{}.appointment_type", "{}.review_clicks > 0"]
NOW = [*BEFORE, "{}.opted_out_at"]


def marks(depends_on: list[str]) -> str:
    old, new = (", ".join(one.format(row) for one in depends_on) for row in ("OLD", "NEW"))
    return MARKS.format(old=old, new=new)


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_first_release")]

    # The marks come first, so that the locks of the other two are held for a moment only.
    operations = [
        migrations.RunSQL(MARK_ALL_DAYS, MARK_ALL_DAYS),
        # Deliberately without a default in the database: a worker that still runs the old code
        # fails to tally a marked day by the old rule, and the mark waits for the new code.
        migrations.AddField(
            model_name="daytally",
            name="opted_out",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.RunSQL(marks(NOW), marks(BEFORE)),
    ]
