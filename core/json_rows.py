"""Rows as JSON, written by PostgreSQL itself.

Reading fifty rows into Python's values and writing those as JSON again took most of the time of a
list; of what was left, putting the same statement together anew at every call.
"""

from collections.abc import Callable, Hashable, Mapping
from typing import Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

EACH = "SELECT row_to_json(told)::text FROM ({rows}) AS told({names})"
Statement = tuple[str, tuple[Any, ...]]

# By what they are the same for. The values are those of whoever asks, or their names in `who`.
KEPT: dict[Hashable, Statement] = {}


def written(rows: "QuerySet[Any]", *, columns: Mapping[str, str]) -> list[str]:
    """Each row as one object: its columns by the names that they are told under."""
    statement = _statement(rows, columns)
    return _fetched(statement) if statement else []


def written_alike(
    rows: "Callable[[], QuerySet[Any]]",
    *,
    columns: Mapping[str, str],
    same_for: Hashable,
    who: Mapping[str, UUID],
) -> list[str]:
    """The same, where nothing but these ids tells one question from another: ids are unique, so
    wherever one stands in the statement, that of the next who asks belongs. Were that ever wrong,
    the second wall would show no foreign row."""
    if same_for not in KEPT:
        statement = _statement(rows(), columns)
        if statement is None:
            return []
        names = {key: Named(name) for name, key in who.items()}
        query, values = statement
        KEPT[same_for] = (
            query,
            tuple(
                names.get(value, value) if isinstance(value, UUID) else value for value in values
            ),
        )
    query, values = KEPT[same_for]
    return _fetched(
        (query, tuple(who[value] if isinstance(value, Named) else value for value in values))
    )


class Named(str):
    """Whose id stands here."""

    __slots__ = ()


def _statement(rows: "QuerySet[Any]", columns: Mapping[str, str]) -> Statement | None:
    try:
        query, values = rows.values_list(*columns.values()).query.sql_with_params()
    except EmptyResultSet:
        return None
    names = ", ".join(f'"{name}"' for name in columns)
    return EACH.format(rows=query, names=names), tuple(values)


def _fetched(statement: Statement) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(*statement)
        return [row for (row,) in cursor.fetchall()]
