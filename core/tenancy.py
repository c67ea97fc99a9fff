"""The two doors to tenant data. With neither open a tenant table is empty and refuses writes.

The database decides (see `walls.py`) by two settings that live as long as the transaction, so a
pooled connection can never carry one clinic's door over to another.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID

import structlog
from django.db import connection, transaction

T = TypeVar("T")

KNOCK = "SELECT set_config('app.platform', %(door)s, true)"


@contextmanager
def within(workspace_id: UUID) -> Iterator[None]:
    with (
        _door(str(workspace_id), ""),
        structlog.contextvars.bound_contextvars(workspace_id=str(workspace_id)),
    ):
        yield


@contextmanager
def platform(reason: str) -> Iterator[None]:
    """For the house itself: webhooks, the clock, the admin. The reason is the door's name."""
    if not reason:
        raise ValueError("The platform's door needs a reason.")
    with _door("", reason):
        yield


def fetch_as_platform(reason: str, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    """One question through the platform's door, in a single trip.

    PostgreSQL takes several statements at once for one transaction, with which the door closes.
    Inside of another, the door is opened and closed as usual.
    """
    if connection.in_atomic_block:
        with platform(reason), connection.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall())
    with connection.cursor() as cursor:
        cursor.execute(f"{KNOCK};{statement}", {"door": reason, **values})
        cursor.nextset()
        return list(cursor.fetchall())


def current_scope() -> tuple[str, str]:
    """The workspace and the platform's reason of the door that is open here."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('app.workspace_id', true), ''),"
            " coalesce(current_setting('app.platform', true), '')"
        )
        workspace_id, reason = cursor.fetchone() or ("", "")
        return workspace_id, reason


def stream_within(workspace_id: UUID, chunks: Iterable[T]) -> Iterator[T]:
    """A streamed answer is made after its view has returned: open the door again around it."""
    with within(workspace_id):
        yield from chunks


@contextmanager
def _door(workspace_id: str, reason: str) -> Iterator[None]:
    with transaction.atomic():
        before = current_scope() if _is_nested() else None
        _set(workspace_id, reason)
        yield
        # The outermost ends with its transaction. A failure rolls the settings back with the
        # savepoint; only success has to restore them.
        if before and not connection.needs_rollback:
            _set(*before)


def _is_nested() -> bool:
    return bool(connection.savepoint_ids)


def _set(workspace_id: str, reason: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('app.workspace_id', %s, true), set_config('app.platform', %s, true)",
            [workspace_id, reason],
        )
