import django.db.models.deletion
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """An index by campaign and day takes the place of the one by campaign alone."""

    atomic = False

    dependencies = [('messaging', '0003_insights')]

    operations = [
        AddIndexConcurrently(
            model_name='message',
            index=models.Index(models.F('campaign'), models.Case(models.When(sent_at=None, then='created_at'), default='sent_at'), name='message_day'),
        ),
        migrations.AlterField(
            model_name='message',
            name='campaign',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='messages', to='campaigns.campaign', verbose_name='campaign'),
        ),
    ]
