"""CSV exports of lists: all rows that the pages show, with the same filters."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, tzinfo
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils import timezone
from django.utils.functional import Promise

from core import csv_files

M = TypeVar("M", bound=Model)

# The heading of a column, and a function that returns its value for a row.
Column = tuple[str | Promise, Callable[[M], object]]
BATCH_SIZE = 500


def is_csv_wanted(request: HttpRequest) -> bool:
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
    """Yield the heading and then the rows, read in batches while the file is being downloaded."""
    yield [str(heading) for heading, _value in columns]
    last_pk = None
    while True:
        remaining = rows.filter(pk__gt=last_pk) if last_pk else rows
        batch = list(remaining.order_by("pk")[:BATCH_SIZE])
        for row in batch:
            yield [_format(value(row), zone) for _heading, value in columns]
        if len(batch) < BATCH_SIZE:
            return
        last_pk = batch[-1].pk


def _format(value: object, zone: tzinfo) -> object:
    if isinstance(value, datetime):
        return value.astimezone(zone).isoformat(" ", "minutes")
    if value is None:
        return ""
    return str(value) if isinstance(value, Promise) else value
