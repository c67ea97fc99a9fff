from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from core.constraints import AppendOnly

FIRST_MIGRATION = ("core", "0001_initial")
OF_EARLIER_CHECKOUT = (
    "This database was made by an earlier checkout, before the first release: its tables differ,"
    " so begin with an empty one. The demo's is emptied by `make demo-reset`."
)


class Command(migrate.Command):
    """Migrates as the owner of the tables, and then grants rights to the application's role."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        applied = MigrationRecorder(connections[options["database"]]).applied_migrations()
        if FIRST_MIGRATION not in applied and any(app == "workspaces" for app, _name in applied):
            raise CommandError(OF_EARLIER_CHECKOUT)
        super().handle(*args, **options)
        application = settings.DATABASES["default"]["USER"]
        owner = settings.DATABASES["owner"]["USER"]
        if application != owner and not options["check_unapplied"] and not options["plan"]:
            grant_rights(application, database=options["database"])


def grant_rights(role: str, *, database: str) -> None:
    """Let the role read and write rows, but neither change tables nor append-only rows.

    A trigger protects append-only rows as well.
    """
    append_only = {
        model._meta.db_table: constraint
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, AppendOnly)
    }
    statements = [
        # An import stages its rows in a temporary table.
        "GRANT TEMPORARY ON DATABASE {database} TO {role}",
        "GRANT USAGE ON SCHEMA public TO {role}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}",
        "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {role}",
        "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {role}",
        "REVOKE UPDATE, DELETE ON {append_only} FROM {role}",
    ]
    names = {
        "role": sql.Identifier(role),
        "database": sql.Identifier(connections[database].settings_dict["NAME"]),
        "append_only": sql.SQL(", ").join(map(sql.Identifier, append_only)),
    }
    with connections[database].cursor() as cursor:
        for statement in statements:
            cursor.execute(sql.SQL(statement).format(**names))
        for table, constraint in append_only.items():
            if constraint.forgets:
                columns = sql.SQL(", ").join(map(sql.Identifier, constraint.forgets))
                cursor.execute(
                    sql.SQL("GRANT UPDATE ({columns}) ON {table} TO {role}").format(
                        columns=columns, table=sql.Identifier(table), role=names["role"]
                    )
                )
