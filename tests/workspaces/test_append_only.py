"""The trigger, as the owner of the tables meets it: privileges do not bind an owner."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings

from tests import database
from tests.factories import AuditEventFactory, CreditEntryFactory
from workspaces.models import AuditEvent, CreditEntry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner() -> Iterator[psycopg.Connection[Any]]:
    with (
        database.as_owner(settings.DATABASES["owner"]["NAME"]) as connection,
        connection.transaction(),
    ):
        connection.execute("SELECT set_config('app.platform', 'test', true)")
        yield connection


@pytest.mark.parametrize("verb", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
@pytest.mark.parametrize(
    ("model", "factory"), [(CreditEntry, CreditEntryFactory), (AuditEvent, AuditEventFactory)]
)
def test_even_the_owner_cannot_change_what_was_written(
    model: type[CreditEntry | AuditEvent],
    factory: Any,
    verb: str,
    owner: psycopg.Connection[Any],
) -> None:
    factory.create()

    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="append-only"):
        owner.execute(verb.format(model._meta.db_table))
