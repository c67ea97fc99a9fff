"""Deletes accounts that were opened with an address which nobody confirmed within a day.

Since then an account comes into being with the confirmation, so there will be no more of them. The
clinic that was opened with such an account stays, with nobody in it: its ledger and its trail are
append-only.
"""

from datetime import timedelta

from django.db import migrations
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

BEGAN_TOGETHER = timedelta(seconds=5)


def free_addresses(apps, schema_editor):
    database = schema_editor.connection.alias
    users = apps.get_model('workspaces', 'User').objects.using(database)
    addresses = apps.get_model('account', 'EmailAddress').objects.using(database)
    own = addresses.filter(user_id=OuterRef('pk'))
    schema_editor.execute("SELECT set_config('app.platform', 'free squatted addresses', true)")
    squatters = users.filter(
        Exists(own.filter(verified=False)),
        ~Exists(own.filter(verified=True)),
        role='OWNER',
        last_login=None,
        created_at__lt=timezone.now() - timedelta(days=1),
    ).filter(
        # Those that staff added to a clinic later are no sign-ups.
        created_at__lt=F('workspace__created_at') + BEGAN_TOGETHER,
    )
    keys = list(squatters.values_list('pk', flat=True))
    addresses.filter(user_id__in=keys).delete()
    users.filter(pk__in=keys).delete()
    schema_editor.execute("SELECT set_config('app.platform', '', true)")


class Migration(migrations.Migration):

    dependencies = [
        ('workspaces', '0009_known_devices'),
        ('account', '0009_emailaddress_unique_primary_email'),
    ]

    operations = [migrations.RunPython(free_addresses, migrations.RunPython.noop)]
