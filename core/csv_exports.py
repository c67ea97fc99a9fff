"""Any list as a file: all rows that its pages show, by the same address and filters."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, tzinfo
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.functional import Promise

from core import csv_files

M = TypeVar("M", bound=Model)

# A heading and what stands below it.
Column = tuple[str | Promise, Callable[[M], object]]
AT_ONCE = 500


def is_wanted(request: HttpRequest) -> bool:
    return request.GET.get("as") == "csv"


def download(
    rows: QuerySet[M], columns: Sequence[Column[M]], *, name: str, zone: tzinfo
) -> StreamingHttpResponse:
    today = timezone.localdate(timezone=zone)
    return csv_files.download(
        table(rows, columns, zone=zone), filename=f"{name}-{today:%Y-%m-%d}.csv"
    )


def table(
    rows: QuerySet[M], columns: Sequence[Column[M]], *, zone: tzinfo
) -> Iterator[list[object]]:
    """By pages of its own, for it is read while it is being downloaded."""
    yield [str(heading) for heading, _value in columns]
    last = None
    while True:
        further = rows.filter(pk__gt=last) if last else rows
        page = list(further.order_by("pk")[:AT_ONCE])
        for row in page:
            yield [_written(value(row), zone) for _heading, value in columns]
        if len(page) < AT_ONCE:
            return
        last = page[-1].pk


def _written(value: object, zone: tzinfo) -> object:
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(" ", "minutes")
    if value is None:
        return ""
    return str(value) if isinstance(value, Promise) else value
