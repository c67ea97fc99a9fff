"""Statements as they stand in their modules, with named values."""

from typing import Any

from django.db import connection

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 0))"


def fetch(statement: str, **values: Any) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        names = [column.name for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def execute(statement: str, **values: Any) -> int:
    """How many rows it reached."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def advisory_lock(name: str) -> None:
    """Wait until no other transaction holds this name, and hold it until ours ends."""
    fetch(LOCK, name=name)
