"""Runs SQL statements with named parameters."""

from typing import Any

from django.db import connection

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 0))"


def fetch(statement: str, **values: Any) -> list[dict[str, Any]]:
    """Return the rows as dicts."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        names = [column.name for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def execute(statement: str, **values: Any) -> int:
    """Return how many rows were affected."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def advisory_lock(name: str) -> None:
    """Take the lock of this name, waiting for it if needed, until the transaction ends."""
    fetch(LOCK, name=name)
