from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # The table is a big one, and people work while an index is built.
    atomic = False

    dependencies = [
        ('patients', '0004_erasure'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='patient',
            index=models.Index(condition=models.Q(('anonymised_at', None), ('data_deleted_at__isnull', False)), fields=['data_deleted_at'], name='patient_to_anonymise'),
        ),
    ]
