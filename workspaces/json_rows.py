"""Rows as JSON, written by PostgreSQL itself.

Reading fifty rows into Python's values and writing those as JSON again took most of the time of a
list. Of what was left, most went into naming each column anew at every call: where all of them are
the table's own, they are named once.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet, TextField
from django.db.models.expressions import RawSQL

EACH = "SELECT row_to_json(told)::text FROM ({rows}) AS told({names})"


def written(rows: "QuerySet[Any]", *, columns: Mapping[str, str]) -> list[str]:
    """Each row as one object: its columns by the names that they are told under."""
    own = _own_columns(rows.model, tuple(columns.items()))  # type: ignore[arg-type]  # has a hash
    if own:
        return list(rows.values_list(RawSQL(own, (), output_field=TextField()), flat=True))  # noqa: S611 - of our own names
    try:
        query, values = rows.values_list(*columns.values()).query.sql_with_params()
    except EmptyResultSet:
        return []
    called = ", ".join(f'"{name}"' for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(EACH.format(rows=query, names=called), values)
        return [row for (row,) in cursor.fetchall()]


@cache
def _own_columns(model: Any, columns: tuple[tuple[str, str], ...]) -> str:
    """Nothing where one comes from another table, or is made for the question."""
    stored = {field.attname: field.column for field in model._meta.concrete_fields}
    if not stored.keys() >= {path for _name, path in columns}:
        return ""
    table = model._meta.db_table
    pairs = ", ".join(f'\'{name}\', "{table}"."{stored[path]}"' for name, path in columns)
    return f"json_build_object({pairs})::text"
