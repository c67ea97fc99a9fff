"""Build a clinic with one row of every model, with random words in it that show a leak."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db import models, transaction

from core import sql, tenancy
from core.constraints import AppendOnly
from tests.factories import UserFactory, WorkspaceFactory
from tests.guards import tenants
from workspaces.models import Role, User, Workspace

TEXT_FIELDS = {"name", "description", "content", "body", "comment", "notes", "note", "subject"}


@dataclass(frozen=True)
class FilledClinic:
    workspace: Workspace
    people: dict[str, User]
    rows: dict[str, Any]
    words: frozenset[str]

    def row(self, name: str) -> Any:
        return {"workspace": self.workspace, "user": self.people[Role.DOCTOR]}.get(
            name, self.rows.get(name)
        )

    def leaked_words(self, text: str) -> set[str]:
        """Return the words of this clinic that the text contains."""
        return {word for word in self.words if word in text}

    def digests(self) -> dict[str, str | None]:
        """Return a digest of the clinic's rows for each table, to compare before and after.

        It is one statement, because every test of an address needs it. `last_login` is left out,
        because signing in changes it.
        """
        clinic_models: list[type[models.Model]] = [*tenants.tenant_models(), User]
        tables = {model._meta.db_table: "workspace_id" for model in clinic_models}
        tables[Workspace._meta.db_table] = "id"
        columns = ", ".join(
            f"""(SELECT md5(string_agg((to_jsonb(t) - 'last_login')::text, '' ORDER BY t.id))
            FROM {table} t WHERE t.{key} = %(workspace)s) AS {table}"""
            for table, key in tables.items()
        )
        with tenancy.platform("guard"):
            (digests,) = sql.fetch(f"SELECT {columns}", workspace=self.workspace.pk)
        return digests


@contextmanager
def rolled_back() -> Iterator[None]:
    """Undo all writes at the end of the `with` block."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def create_filled_clinic() -> FilledClinic:
    """Create a clinic with a user for each role and a row of every tenant model."""
    workspace = WorkspaceFactory.create(name=random_word())
    people = {
        role.value: UserFactory.create(
            workspace=workspace, role=role, name=random_word(), email=f"{random_word()}@example.com"
        )
        for role in Role
    }
    rows = {
        model.__name__.lower(): tenants.create_row(model, workspace)
        for model in tenants.tenant_models()
    }
    words = {workspace.name, *(user.name for user in people.values())}
    words |= {user.email for user in people.values()}
    for row in rows.values():
        words |= insert_random_words(row) | {str(row.pk)}
    if campaign := rows.get("campaign"):
        with tenancy.platform("guard"):
            type(campaign).objects.filter(pk=campaign.pk).update(created_by=people[Role.DOCTOR])
    return FilledClinic(workspace, people, rows, frozenset(words))


def insert_random_words(row: models.Model) -> set[str]:
    """Replace each text of the row by a random word. Return these words."""
    if any(isinstance(rule, AppendOnly) for rule in row._meta.constraints):
        return set()
    texts = [
        field.name
        for field in row._meta.local_concrete_fields
        if field.name in TEXT_FIELDS and not field.choices
    ]
    words = {name: random_word() for name in texts}
    if words:
        with tenancy.platform("guard"):
            type(row)._default_manager.filter(pk=row.pk).update(**words)
    return set(words.values())


def random_word() -> str:
    return f"zq{uuid4().hex[:12]}"
