"""A clinic with one row of everything, marked so that a single leaked word is recognised."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.db import models

from core import sql, tenancy
from core.constraints import AppendOnly
from tests.factories import UserFactory, WorkspaceFactory
from tests.guards import tenants
from workspaces.models import Role, User, Workspace

TELLING = {"name", "description", "content", "body", "comment", "notes", "note", "subject"}


@dataclass(frozen=True)
class Clinic:
    workspace: Workspace
    people: dict[str, User]
    rows: dict[str, Any]
    words: frozenset[str]

    def row(self, name: str) -> Any:
        return {"workspace": self.workspace, "user": self.people[Role.DOCTOR]}.get(
            name, self.rows.get(name)
        )

    def said_in(self, text: str) -> set[str]:
        return {word for word in self.words if word in text}

    def everything(self) -> dict[str, str | None]:
        """What stands in each of its tables, for comparing before and after; all in one statement,
        because every address asks twice. A sign-in of ours is no change of theirs."""
        models_of_a_clinic: list[type[models.Model]] = [*tenants.tenant_models(), User]
        tables = {model._meta.db_table: "workspace_id" for model in models_of_a_clinic}
        tables[Workspace._meta.db_table] = "id"
        digests = ", ".join(
            f"""(SELECT md5(string_agg((to_jsonb(t) - 'last_login')::text, '' ORDER BY t.id))
            FROM {table} t WHERE t.{key} = %(workspace)s) AS {table}"""
            for table, key in tables.items()
        )
        with tenancy.platform("guard"):
            (found,) = sql.fetch(f"SELECT {digests}", workspace=self.workspace.pk)
        return found


def build() -> Clinic:
    workspace = WorkspaceFactory.create(name=secret_word())
    people = {
        role.value: UserFactory.create(
            workspace=workspace, role=role, name=secret_word(), email=f"{secret_word()}@example.com"
        )
        for role in Role
    }
    rows = {
        model.__name__.lower(): tenants.a_row_of(model, workspace)
        for model in tenants.tenant_models()
    }
    words = {workspace.name, *(user.name for user in people.values())}
    words |= {user.email for user in people.values()}
    for row in rows.values():
        words |= mark(row) | {str(row.pk)}
    if campaign := rows.get("campaign"):
        with tenancy.platform("guard"):
            type(campaign).objects.filter(pk=campaign.pk).update(created_by=people[Role.DOCTOR])
    return Clinic(workspace, people, rows, frozenset(words))


def mark(row: models.Model) -> set[str]:
    """Put a word into each text of the row that nobody else's page can contain."""
    if any(isinstance(rule, AppendOnly) for rule in row._meta.constraints):
        return set()
    texts = [
        field.name
        for field in row._meta.local_concrete_fields
        if field.name in TELLING and not field.choices
    ]
    marked = {name: secret_word() for name in texts}
    if marked:
        with tenancy.platform("guard"):
            type(row)._default_manager.filter(pk=row.pk).update(**marked)
    return set(marked.values())


def secret_word() -> str:
    return f"zq{uuid4().hex[:12]}"
