import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder


@pytest.mark.django_db(databases=["default", "owner"])
def test_a_database_from_before_the_first_release_is_told_so() -> None:
    MigrationRecorder(connections["owner"]).record_applied("workspaces", "0001_initial")

    with pytest.raises(CommandError, match="demo-reset"):
        call_command("migrate", verbosity=0)
