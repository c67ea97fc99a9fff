"""Rows as the API tells them: what a serializer describes, read as plain values.

Building an object of each row and asking a serializer for each of its fields took most of the
time of a list. The serializer stays the one description: of the columns here, and in the OpenAPI
document.
"""

import hashlib
import json
from functools import cache
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404
from rest_framework import serializers
from rest_framework.utils.encoders import JSONEncoder

M = TypeVar("M", bound=Model)
Told = type[serializers.Serializer[Any]]
Values = dict[str, Any]


def told(rows: QuerySet[M], described_by: Told, *, most: int) -> list[Values]:
    names, columns = _columns(described_by)
    found = rows.values_list(*columns)[:most]
    return [dict(zip(names, row, strict=True)) for row in found]


def one(rows: QuerySet[M], key: Any, described_by: Told) -> Values:
    found = told(rows.filter(pk=key).order_by(), described_by, most=1)
    if not found:
        raise Http404
    return found[0]


def tag(values: Any) -> str:
    """Changes with anything that is told."""
    written = json.dumps(values, cls=JSONEncoder, sort_keys=True)
    return f'"{hashlib.sha256(written.encode()).hexdigest()[:32]}"'


@cache
def _columns(described_by: Told) -> tuple[list[str], list[str]]:
    fields = described_by().fields
    return list(fields), [str(field.source).replace(".", "__") for field in fields.values()]
