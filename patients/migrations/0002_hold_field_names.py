from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("patients", "0001_initial")]

    operations = [
        migrations.RemoveIndex(model_name="hold", name="hold_to_a_shared_sender"),
        migrations.RenameField(model_name="hold", old_name="said_to", new_name="shared_sender_id"),
        migrations.RenameField(model_name="hold", old_name="heard", new_name="has_text"),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(
                fields=["digest", "shared_sender_id"],
                condition=Q(decision="", shared_sender_id__isnull=False),
                name="hold_to_a_shared_sender",
            ),
        ),
    ]
