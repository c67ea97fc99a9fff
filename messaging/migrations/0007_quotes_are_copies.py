from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

DOOR = "SELECT set_config('app.platform', %s, true)"
COPY_WORDS = """
UPDATE messaging_quote q SET text = m.comment, allowed_at = m.quotable_at
FROM messaging_message m
WHERE m.id = q.message_id AND m.comment <> '' AND m.quotable_at IS NOT NULL
"""

# They were not shown either: the patient had not allowed them, or they were gone.
DELETE_WORDLESS = "DELETE FROM messaging_quote WHERE text = ''"


def copy_words(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(DOOR, ["migrate"])
        cursor.execute(COPY_WORDS)
        cursor.execute(DELETE_WORDLESS)
        cursor.execute(DOOR, [""])


class Migration(migrations.Migration):
    """Until the last old web server is gone, its "Show it" button answers with an error."""

    dependencies = [
        ("messaging", "0006_phone_codes"),
    ]

    operations = [
        migrations.AddField(
            model_name="quote",
            name="text",
            field=models.TextField(
                blank=True,
                db_default="",
                default="",
                help_text="As they are shown.",
                verbose_name="words",
            ),
        ),
        migrations.AddField(
            model_name="quote",
            name="allowed_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="allowed by the patient"),
        ),
        migrations.AddField(
            model_name="quote",
            name="withdrawn_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="not shown since"),
        ),
        migrations.AddField(
            model_name="quote",
            name="withdrawn_because",
            field=models.CharField(
                blank=True,
                choices=[
                    ("WORDS", "The patient changed their words."),
                    ("RATING", "The patient changed their rating."),
                    ("PERMISSION", "The patient does not want their words shown any more."),
                ],
                db_default="",
                default="",
                max_length=10,
                verbose_name="reason",
            ),
        ),
        migrations.RunPython(copy_words, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("allowed_at__isnull", False),
                        ("withdrawn_at", None),
                        models.Q(("text", ""), _negated=True),
                    ),
                    models.Q(("text", ""), ("withdrawn_at__isnull", False)),
                    _connector="OR",
                ),
                name="messaging_quote_shown_has_allowed_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="quote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("withdrawn_at", None), ("withdrawn_because", "")),
                    models.Q(
                        ("withdrawn_at__isnull", False),
                        ("withdrawn_because__in", ["WORDS", "RATING", "PERMISSION"]),
                    ),
                    _connector="OR",
                ),
                name="messaging_quote_withdrawn_for_a_reason",
            ),
        ),
    ]
