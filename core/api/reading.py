"""Rows as the API tells them: what a serializer describes, and nothing that it would have to make.

The serializer stays the one description: of the columns here, and in the OpenAPI document.
"""

import hashlib
import json
from collections.abc import Callable, Hashable, Mapping
from functools import cache
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import Http404
from rest_framework import serializers
from rest_framework.utils.encoders import JSONEncoder

from core import json_rows

M = TypeVar("M", bound=Model)
Told = type[serializers.Serializer[Any]]
Values = dict[str, Any]


def written(rows: QuerySet[M], described_by: Told, *, most: int) -> list[str]:
    """Each as a JSON object."""
    return json_rows.written(rows[:most], columns=_columns(described_by))


def written_alike(
    rows: Callable[[], QuerySet[M]],
    described_by: Told,
    *,
    most: int,
    same_for: Hashable,
    who: Mapping[str, UUID],
) -> list[str]:
    """Where the same is asked again and again, by others of other clinics."""
    return json_rows.written_alike(
        lambda: rows()[:most],
        columns=_columns(described_by),
        same_for=(described_by, most, same_for),
        who=who,
    )


def one(rows: QuerySet[M], key: Any, described_by: Told) -> Values:
    found = written(rows.filter(pk=key).order_by(), described_by, most=1)
    if not found:
        raise Http404
    values: Values = json.loads(found[0])
    return values


def tag(values: Any) -> str:
    """Changes with anything that is told."""
    written = json.dumps(values, cls=JSONEncoder, sort_keys=True)
    return f'"{hashlib.sha256(written.encode()).hexdigest()[:32]}"'


@cache
def _columns(described_by: Told) -> dict[str, str]:
    fields = described_by().fields
    return {name: str(field.source).replace(".", "__") for name, field in fields.items()}
