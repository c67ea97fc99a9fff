"""Rules that need raw SQL (row security, triggers, composite keys), declared as model constraints.

Migrations create and drop them like any other constraint. A migration also keeps a digest of the
SQL that it ran, so that `makemigrations` notices when the SQL in the code has changed.
"""

import hashlib
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, cast

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.ddl_references import Statement
from django.db.models import BaseConstraint, Field, Model

# Sub-selects, because PostgreSQL then reads each setting once a query and not once a row.
OWN = "workspace_id = (SELECT nullif(current_setting('app.workspace_id', true), '')::uuid)"
PLATFORM = "(SELECT coalesce(current_setting('app.platform', true), '') <> '')"


class DatabaseConstraint(BaseConstraint):
    """A constraint of raw DDL. `digest` is set in migrations alone: of the SQL that they ran."""

    def __init__(self, *, name: str, digest: str = "") -> None:
        super().__init__(name=name)
        self._digest = digest

    def create(self, model: type[Model]) -> str:
        raise NotImplementedError

    def remove(self, model: type[Model]) -> str:
        raise NotImplementedError

    def create_sql(
        self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Any:
        assert model
        return Statement(self.create(model))

    def remove_sql(
        self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> Any:
        assert model
        return Statement(self.remove(model))

    def constraint_sql(
        self, model: type[Model] | None, schema_editor: BaseDatabaseSchemaEditor | None
    ) -> str:
        """Run the statements after CREATE TABLE, because none of them fits inside it."""
        assert schema_editor
        schema_editor.deferred_sql.append(self.create_sql(model, schema_editor))
        return ""

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """Do nothing: only the database checks these."""

    @property
    def digest(self) -> str:
        """Return a digest of the SQL for a placeholder: a constraint does not know its model."""
        if not self._digest:
            sql = self.create(PLACEHOLDER) + self.remove(PLACEHOLDER)
            self._digest = hashlib.sha256(sql.encode()).hexdigest()[:16]
        return self._digest

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "digest": self.digest}

    def __eq__(self, other: object) -> bool:
        if isinstance(other, DatabaseConstraint):
            return self.deconstruct() == other.deconstruct()
        return NotImplemented

    __hash__ = BaseConstraint.__hash__


class RowSecurity(DatabaseConstraint):
    """Row-level security: a row is visible and writable within its workspace, or for the platform.

    `key` is the column that names the workspace. A `shared` table also shows rows of no workspace
    to everyone; a `platform_only` table shows nothing to any workspace.
    """

    def __init__(
        self,
        *,
        name: str,
        key: str = "workspace_id",
        shared: bool = False,
        platform_only: bool = False,
        digest: str = "",
    ) -> None:
        super().__init__(name=name, digest=digest)
        self.key, self.shared, self.platform_only = key, shared, platform_only

    def create(self, model: type[Model]) -> str:
        table = model._meta.db_table
        own = OWN.replace("workspace_id =", f"{self.key} =", 1)
        rule = PLATFORM if self.platform_only else f"{own} OR {PLATFORM}"
        sql = (
            # FORCE, or the policy would not apply to the owner of the table.
            f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY;'
            f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY;'
            f'CREATE POLICY "{self.name}" ON "{table}" USING ({rule}) WITH CHECK ({rule});'
        )
        if self.shared:
            sql += (
                f'CREATE POLICY "{self.name}_shared" ON "{table}"'
                f" FOR SELECT USING ({self.key} IS NULL);"
            )
        return sql

    def remove(self, model: type[Model]) -> str:
        table = model._meta.db_table
        sql = (
            f'DROP POLICY "{self.name}" ON "{table}";'
            f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY;'
            f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY;'
        )
        return (f'DROP POLICY "{self.name}_shared" ON "{table}";' if self.shared else "") + sql

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        options = {"key": self.key, "shared": self.shared, "platform_only": self.platform_only}
        defaults = {"key": "workspace_id", "shared": False, "platform_only": False}
        return path, args, kwargs | {k: v for k, v in options.items() if v != defaults[k]}


class SameWorkspace(DatabaseConstraint):
    """The row that `field` points at is of the same workspace: a foreign key over both columns.

    It takes the place of Django's own single-column constraint (`db_constraint=False`), so that a
    write pays for one check and not two. The parent carries a unique (workspace, id).
    """

    def __init__(self, *, field: str, name: str, digest: str = "") -> None:
        super().__init__(name=name, digest=digest)
        self.field = field

    def create(self, model: type[Model]) -> str:
        field = model._meta.get_field(self.field)
        target: type[Model] = field.related_model  # type: ignore[assignment]  # never "self" here
        return (
            f'ALTER TABLE "{model._meta.db_table}" ADD CONSTRAINT "{self.name}"'
            f' FOREIGN KEY (workspace_id, "{field.column}")'  # type: ignore[union-attr]  # a key has a column
            f' REFERENCES "{target._meta.db_table}" (workspace_id, id)'
            " DEFERRABLE INITIALLY DEFERRED;"
        )

    def remove(self, model: type[Model]) -> str:
        return f'ALTER TABLE "{model._meta.db_table}" DROP CONSTRAINT "{self.name}";'

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"field": self.field}


class SharedOrOwn(DatabaseConstraint):
    """The row that `field` points at belongs to this workspace, or to none and so to everyone.

    A foreign key cannot express "or null on the other side", so a trigger checks it.
    """

    def __init__(self, *, field: str, name: str, digest: str = "") -> None:
        super().__init__(name=name, digest=digest)
        self.field = field

    def create(self, model: type[Model]) -> str:
        field = model._meta.get_field(self.field)
        target: type[Model] = field.related_model  # type: ignore[assignment]  # never "self" here
        column = field.column  # type: ignore[union-attr]  # a key has a column
        table = model._meta.db_table
        return (
            f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f' IF NOT EXISTS (SELECT FROM "{target._meta.db_table}" t WHERE t.id = NEW."{column}"'
            " AND (t.workspace_id IS NULL OR t.workspace_id = NEW.workspace_id))"
            f" THEN RAISE EXCEPTION USING MESSAGE = '{self.name}',"
            f" ERRCODE = 'foreign_key_violation', CONSTRAINT = '{self.name}';"
            " END IF; RETURN NEW; END $$;"
            f'CREATE TRIGGER "{self.name}" BEFORE INSERT OR UPDATE OF "{column}", workspace_id'
            f' ON "{table}" FOR EACH ROW WHEN (NEW."{column}" IS NOT NULL)'
            f" EXECUTE FUNCTION {self.name}();"
        )

    def remove(self, model: type[Model]) -> str:
        return f"DROP FUNCTION {self.name}() CASCADE;"

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"field": self.field}


class AppendOnly(DatabaseConstraint):
    """Rows are never updated, deleted or truncated.

    The one exception are the columns in `forgets`: an update may empty all of them at once, in a
    row whose `at` is `days` old, if it changes nothing else.
    """

    def __init__(
        self, *, name: str, forgets: Sequence[str] = (), days: int = 0, digest: str = ""
    ) -> None:
        super().__init__(name=name, digest=digest)
        self.forgets, self.days = tuple(forgets), days

    def create(self, model: type[Model]) -> str:
        table = model._meta.db_table
        if self.forgets:
            return self._create_forgetting(model)
        return (
            "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$"
            " BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only',"
            " ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME; END $$;"
            f'CREATE TRIGGER "{self.name}" BEFORE UPDATE OR DELETE ON "{table}"'
            " FOR EACH ROW EXECUTE FUNCTION refuse_change();"
            f'CREATE TRIGGER "{self.name}_whole" BEFORE TRUNCATE ON "{table}"'
            " FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();"
        )

    def remove(self, model: type[Model]) -> str:
        table = model._meta.db_table
        sql = (
            f'DROP TRIGGER "{self.name}" ON "{table}";'
            f'DROP TRIGGER "{self.name}_whole" ON "{table}";'
        )
        return sql + (f"DROP FUNCTION {self.name}();" if self.forgets else "")

    def _create_forgetting(self, model: type[Model]) -> str:
        """`*=` compares the stored bytes: 1 and 1.0 in a JSON column are not the same."""
        table = model._meta.db_table
        empty = {name: "NULL" if _is_nullable(model, name) else "''" for name in self.forgets}
        emptied = " ".join(f'OLD."{column}" := {value};' for column, value in empty.items())
        return (
            f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF TG_OP = 'UPDATE' THEN {emptied}"
            f" IF OLD *= NEW AND OLD.at < now() - interval '{self.days} days'"
            " THEN RETURN NEW; END IF; END IF;"
            " RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ' is append-only',"
            " ERRCODE = 'integrity_constraint_violation', CONSTRAINT = TG_NAME; END $$;"
            f'CREATE TRIGGER "{self.name}" BEFORE UPDATE OR DELETE ON "{table}"'
            f" FOR EACH ROW EXECUTE FUNCTION {self.name}();"
            f'CREATE TRIGGER "{self.name}_whole" BEFORE TRUNCATE ON "{table}"'
            f" FOR EACH STATEMENT EXECUTE FUNCTION {self.name}();"
        )

    def deconstruct(self) -> tuple[str, Sequence[Any], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        options = {"forgets": list(self.forgets), "days": self.days} if self.forgets else {}
        return path, args, kwargs | options


def _is_nullable(model: type[Model], name: str) -> bool:
    field = cast("Field[Any, Any]", model._meta.get_field(name))
    return field.null


def _placeholder_model() -> type[Model]:
    """Return something that has the tables and columns that our statements ask a model for."""
    meta = SimpleNamespace(db_table="<table>")
    model = SimpleNamespace(_meta=meta)
    meta.get_field = lambda name: SimpleNamespace(
        column=f"<{name}>", null=True, related_model=model
    )
    return cast("type[Model]", model)


PLACEHOLDER = _placeholder_model()
