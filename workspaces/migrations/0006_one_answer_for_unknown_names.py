from django.db import migrations, models

import workspaces.models.announcing


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0005_trail_forgets_from_where")]

    operations = [
        migrations.AlterField(
            model_name="attempt",
            name="trouble",
            field=models.CharField(
                blank=True,
                choices=workspaces.models.announcing.Trouble.choices,
                help_text="Why there was no answer.",
                max_length=8,
                verbose_name="trouble",
            ),
        ),
    ]
