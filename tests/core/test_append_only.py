"""The trigger, as the owner of the tables meets it: privileges do not bind an owner."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import ProgrammingError, connection

from billing.models import CreditEntry
from core import tenancy
from core.models import AuditEvent
from tests import database
from tests.factories import AuditEventFactory, CreditEntryFactory, old_audit_event

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
def test_owner_of_the_table_cannot_change_written_rows(
    model: type[CreditEntry | AuditEvent],
    factory: Any,
    verb: str,
    owner: psycopg.Connection[Any],
) -> None:
    factory.create()

    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="append-only"):
        owner.execute(verb.format(model._meta.db_table))


FORGET = "UPDATE core_auditevent SET address = NULL, user_agent = ''"


def test_old_event_may_forget_where_it_came_from_and_keeps_the_rest(
    owner: psycopg.Connection[Any],
) -> None:
    key = old_audit_event(days=31)
    read = "SELECT to_jsonb(e) FROM core_auditevent e WHERE id = %s"
    before = owner.execute(read, [key]).fetchone()

    assert owner.execute(f"{FORGET} WHERE id = %s", [key]).rowcount == 1

    after = owner.execute(read, [key]).fetchone()
    assert before
    assert after == ({**before[0], "address": None, "user_agent": ""},)


@pytest.mark.parametrize(
    ("days", "statement"),
    [
        (29, FORGET),
        (31, "UPDATE core_auditevent SET address = NULL"),
        (31, "UPDATE core_auditevent SET user_agent = ''"),
        (31, "UPDATE core_auditevent SET address = '198.51.100.1', user_agent = ''"),
        (31, "UPDATE core_auditevent SET address = NULL, user_agent = 'Chrome'"),
        (31, f"{FORGET}, actor_name = 'Nobody'"),
        (31, f"{FORGET}, actor_id = gen_random_uuid()"),
        (31, f"{FORGET}, at = at - interval '1 day'"),
        (31, f"{FORGET}, new = '{{\"name\": 2.0}}'"),
        (31, f"{FORGET}, workspace_id = gen_random_uuid()"),
        (31, f"{FORGET}, id = gen_random_uuid()"),
        (29, f"{FORGET}, at = now() - interval '1 year'"),
        (400, "DELETE FROM core_auditevent"),
    ],
)
def test_nothing_else_of_an_old_event_can_be_changed(
    days: int, statement: str, owner: psycopg.Connection[Any]
) -> None:
    key = old_audit_event(days=days)

    with pytest.raises(psycopg.errors.IntegrityConstraintViolation, match="append-only"):
        owner.execute(f"{statement} WHERE id = %s", [key])


@pytest.mark.parametrize("column", ["actor_name", "new", "at", "id"])
def test_application_may_update_no_other_column(column: str) -> None:
    key = old_audit_event(days=31)

    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        tenancy.platform("test"),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE core_auditevent SET {column} = {column} WHERE id = %s", [key])
