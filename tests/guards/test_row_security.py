"""Check that PostgreSQL neither shows nor changes rows of another workspace."""

from typing import Any

import pytest
from django.apps import apps
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from core import tenancy
from core.constraints import AppendOnly, SameWorkspace, SharedOrOwn
from tests.factories import WorkspaceFactory
from tests.guards import tenants
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db

TENANTS = tenants.tenant_models()
PROTECTED = [
    model
    for model in tenants.our_models()
    if model._meta.db_table not in tenants.WITHOUT_ROW_SECURITY
]
Model = type[models.Model]


def foreign_keys() -> list[Any]:
    return [
        pytest.param(model, field, id=f"{model.__name__}.{field.name}")
        for model in TENANTS
        for field in tenants.keys_to_tenants(model)
    ]


def test_tenant_models_are_found() -> None:
    assert len(TENANTS) > 12
    assert len(foreign_keys()) > 12


def test_tables_without_row_security_exist() -> None:
    tables = {model._meta.db_table for model in apps.get_models()}

    assert set(tenants.WITHOUT_ROW_SECURITY) <= tables


@pytest.mark.parametrize("model", PROTECTED, ids=lambda model: model.__name__)
def test_row_security_is_enabled_and_forced(model: Model) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relrowsecurity, relforcerowsecurity,"
            " (SELECT count(*) FROM pg_policy WHERE polrelid = pg_class.oid)"
            " FROM pg_class WHERE oid = %s::regclass",
            [model._meta.db_table],
        )
        row = cursor.fetchone()

    assert row is not None
    enabled, forced, policies = row
    assert (enabled, forced) == (True, True)
    assert policies == (2 if tenants.is_shared(model) else 1)


@pytest.mark.parametrize("model", TENANTS, ids=lambda model: model.__name__)
def test_workspace_is_never_null(model: Model) -> None:
    field = next(f for f in model._meta.local_concrete_fields if f.column == "workspace_id")

    assert field.null is tenants.is_shared(model)


@pytest.mark.parametrize(("model", "field"), foreign_keys())
def test_foreign_key_to_a_tenant_includes_the_workspace(
    model: Model, field: models.ForeignKey[Any, Any]
) -> None:
    rules = [
        rule
        for rule in model._meta.constraints
        if isinstance(rule, SameWorkspace | SharedOrOwn) and rule.field == field.name
    ]

    assert len(rules) == 1


@pytest.mark.parametrize(("model", "field"), foreign_keys())
def test_row_cannot_refer_to_another_workspace(
    model: Model, field: models.ForeignKey[Any, Any]
) -> None:
    ours, theirs = WorkspaceFactory.create_batch(2)
    row = tenants.create_row(model, ours)
    assert field.related_model != "self"
    foreign = tenants.create_row(field.related_model, theirs)
    is_changeable = not any(isinstance(rule, AppendOnly) for rule in model._meta.constraints)

    with (
        pytest.raises(
            DatabaseError, match=None if is_changeable else "permission denied"
        ) as refusal,
        tenancy.platform("test"),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f'UPDATE "{model._meta.db_table}" SET "{field.column}" = %s WHERE id = %s',
            [foreign.pk, row.pk],
        )
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert isinstance(refusal.value, IntegrityError) is is_changeable


@pytest.mark.parametrize("model", [*TENANTS, Workspace], ids=lambda model: model.__name__)
def test_another_workspace_can_neither_read_nor_write(model: Model) -> None:
    ours, theirs = WorkspaceFactory.create_batch(2)
    row = theirs if model is Workspace else tenants.create_row(model, theirs)
    table = f'"{model._meta.db_table}"'

    for scope in (tenancy.within(ours.pk), transaction.atomic()):
        with scope:
            assert count_rows(f"SELECT FROM {table} WHERE id = %s", row.pk) == 0
            assert count_rows(f"UPDATE {table} SET id = id WHERE id = %s", row.pk) == 0
            assert count_rows(f"DELETE FROM {table} WHERE id = %s", row.pk) == 0
    with tenancy.platform("test"):
        assert count_rows(f"SELECT FROM {table} WHERE id = %s", row.pk) == 1


def count_rows(statement: str, key: Any) -> int:
    """Return how many rows a statement affected; 0 if the role lacks the privilege."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [key])
            return int(cursor.rowcount)
    except DatabaseError as error:
        assert "permission denied" in str(error)
        return 0


@pytest.mark.parametrize("model", TENANTS, ids=lambda model: model.__name__)
def test_row_cannot_be_inserted_into_another_workspace(model: Model) -> None:
    ours, theirs = WorkspaceFactory.create_batch(2)
    row = tenants.create_row(model, ours)
    names = ", ".join(f'"{column}"' for column in sorted(tenants.columns(model)))
    values = names.replace('"workspace_id"', "%s::uuid")

    with (
        pytest.raises(DatabaseError, match="row-level security"),
        tenancy.within(ours.pk),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"INSERT INTO {model._meta.db_table} ({names})"
            f" SELECT {values} FROM {model._meta.db_table} WHERE id = %s",
            [theirs.pk, row.pk],
        )
