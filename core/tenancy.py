"""Opens tenant data: `within` one workspace, or for the `platform`.

Outside of both, tenant tables look empty and refuse writes. Row security (see `constraints.py`)
checks two settings that end with the transaction, so a pooled connection never carries the scope
of one clinic over to another.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID

import structlog
from django.db import connection, transaction

T = TypeVar("T")

SET_PLATFORM = "SELECT set_config('app.platform', %(scope)s, true)"


@contextmanager
def within(workspace_id: UUID) -> Iterator[None]:
    """Run the block in a transaction that sees the rows of this workspace only."""
    with (
        _scope(str(workspace_id), ""),
        structlog.contextvars.bound_contextvars(workspace_id=str(workspace_id)),
    ):
        yield


@contextmanager
def platform(reason: str) -> Iterator[None]:
    """Run the block in a transaction that sees all rows: for webhooks, tasks and the admin."""
    if not reason:
        raise ValueError("The platform scope needs a reason.")
    with _scope("", reason):
        yield


def fetch_as_platform(reason: str, statement: str, **values: Any) -> list[tuple[Any, ...]]:
    """Run one query in the platform scope, in a single round trip.

    PostgreSQL runs statements that are sent together as one transaction, and the setting ends with
    it. Inside of a transaction this is an ordinary `platform` block.
    """
    if connection.in_atomic_block:
        with platform(reason), connection.cursor() as cursor:
            cursor.execute(statement, values)
            return list(cursor.fetchall())
    with connection.cursor() as cursor:
        cursor.execute(f"{SET_PLATFORM};{statement}", {"scope": reason, **values})
        cursor.nextset()
        return list(cursor.fetchall())


def current_scope() -> tuple[str, str]:
    """Return the id of the open workspace and the reason of the platform scope, or empty texts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(current_setting('app.workspace_id', true), ''),"
            " coalesce(current_setting('app.platform', true), '')"
        )
        workspace_id, reason = cursor.fetchone() or ("", "")
        return workspace_id, reason


def stream_within(workspace_id: UUID, chunks: Iterable[T]) -> Iterator[T]:
    """Open the workspace again for a response that is streamed after its view has returned."""
    with within(workspace_id):
        yield from chunks


@contextmanager
def _scope(workspace_id: str, reason: str) -> Iterator[None]:
    with transaction.atomic():
        before = current_scope() if _is_nested() else None
        _set(workspace_id, reason)
        yield
        # The outermost scope ends with its transaction. After a failure the savepoint is rolled
        # back with its settings, so only success has to restore them.
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
