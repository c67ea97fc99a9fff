import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder


@pytest.mark.django_db(databases=["default", "owner"])
def test_database_of_an_earlier_checkout_is_refused_with_what_to_do() -> None:
    recorder = MigrationRecorder(connections["owner"])
    recorder.record_unapplied("core", "0001_initial")

    with pytest.raises(CommandError, match="demo-reset"):
        call_command("migrate", verbosity=0)
