"""Run SQL statements that are written out in the modules that use them, with named values."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.db import connection

from core import tenancy

Row = TypeVar("Row")

LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(%(name)s, 0))"
TRY_LOCK = "SELECT pg_try_advisory_xact_lock(hashtextextended(%(name)s, 0)) AS is_ours"


def fetch(statement: str, **values: Any) -> list[dict[str, Any]]:
    """Run a statement and return its rows as dictionaries."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        names = [column.name for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def execute(statement: str, **values: Any) -> int:
    """Run a statement and return how many rows it changed."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def delete_in_batches(statement: str, *, reason: str, batch: int, **values: Any) -> int:
    """Run a DELETE until it finds fewer rows than `batch`. Return how many it deleted.

    The statement limits itself with `%(limit)s`. Each batch is a transaction of its own through the
    platform door, so no lock is held for long. `reason` says what the door is opened for.
    """
    total, deleted = 0, batch
    while deleted == batch:
        with tenancy.platform(reason):
            deleted = execute(statement, limit=batch, **values)
        total += deleted
    return total


def handle_in_batches(handle: Callable[[Row | None], Sequence[Row]], *, size: int) -> int:
    """Call `handle` until it handles fewer rows than `size`. Return how many it handled.

    It gets the last row of the batch before, to go on from there, and returns the rows of its
    batch. It opens the door itself, so that each batch is a transaction of its own.
    """
    total, batch = 0, handle(None)
    while len(batch) == size:
        total += len(batch)
        batch = handle(batch[-1])
    return total + len(batch)


def advisory_lock(name: str) -> None:
    """Wait until no other transaction holds this lock, and hold it until ours ends.

    `core.locks` lists the names.
    """
    fetch(LOCK, name=name)


def try_advisory_lock(name: str) -> bool:
    """Take this lock until the transaction ends. Return False if another transaction holds it."""
    return bool(fetch(TRY_LOCK, name=name)[0]["is_ours"])
