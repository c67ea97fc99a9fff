"""Long lists, a page at a time, by the key that they are ordered by: no row is skipped or told
twice while others are added, and the thousandth page costs what the first does."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request

from core.api.problems import ApiError, FieldError, invalid
from core.api.reading import Told, written

M = TypeVar("M", bound=Model)

USUAL, MOST = 50, 200
SIZES = frozenset(map(str, range(1, MOST + 1)))
PARAMETERS = frozenset({"cursor", "limit"})


@dataclass(frozen=True)
class PageOrder:
    """`by` is unique within the list, and told as a column of it."""

    by: str = "id"
    newest_first: bool = True

    @property
    def sorting(self) -> str:
        return f"-{self.by}" if self.newest_first else self.by

    def after(self, rows: QuerySet[M], cursor: str) -> QuerySet[M]:
        field: Any = rows.model._meta.get_field(self.by)
        try:
            value = field.to_python(base64.urlsafe_b64decode(cursor.encode()).decode())
        except (ValueError, binascii.Error, ValidationError):
            raise _wrong(
                "cursor", _("Take the address of the next page as it was given.")
            ) from None
        return rows.filter((f"{self.by}__{'lt' if self.newest_first else 'gt'}", value))


NEWEST = PageOrder()


@dataclass(frozen=True)
class ApiPage:
    """Rows as JSON objects, and the address of those that follow."""

    rows: list[str]
    next: str | None

    def __str__(self) -> str:
        return f'{{"results":[{",".join(self.rows)}],"next":{json.dumps(self.next)}}}'


def page(
    rows: QuerySet[M], request: Request, *, described_by: Told, order: PageOrder = NEWEST
) -> ApiPage:
    size = size_of(request)
    if cursor := request.query_params.get("cursor"):
        rows = order.after(rows, cursor)
    found = written(rows.order_by(order.sorting), described_by, most=size + 1)
    return page_of(found, request, size=size, order=order)


def page_of(found: list[str], request: Request, *, size: int, order: PageOrder = NEWEST) -> ApiPage:
    """Of one row more than it has room for, if there are so many."""
    if len(found) <= size:
        return ApiPage(found, None)
    shown = found[:size]
    return ApiPage(shown, _next(request, json.loads(shown[-1])[order.by]))


def _next(request: Request, last: Any) -> str:
    cursor = base64.urlsafe_b64encode(str(last).encode()).decode()
    query = urlencode({**request.query_params.dict(), "cursor": cursor})
    return f"{settings.SITE_URL}{request.path}?{query}"


def size_of(request: Request) -> int:
    typed = request.query_params.get("limit", str(USUAL))
    if typed not in SIZES:
        raise _wrong("limit", _("A number from 1 to %(most)d.") % {"most": MOST})
    return int(typed)


def mistakes_in(request: Request) -> list[FieldError]:
    """Return what is wrong with the size of a page."""
    try:
        size_of(request)
    except ApiError as error:
        return list(error.errors)
    return []


def _wrong(parameter: str, message: str) -> ApiError:
    return invalid([FieldError(parameter, "invalid", message)])
