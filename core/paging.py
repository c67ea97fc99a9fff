"""Pagination of long lists on pages, and responses with the part of a page that htmx asks for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails

M = TypeVar("M", bound=Model)
# PostgreSQL refuses an offset that is no bigint.
LAST_PAGE = 10_000


@dataclass(frozen=True)
class Page(Generic[M]):
    rows: list[M]
    newer: str = ""
    older: str = ""


@dataclass(frozen=True)
class Cursor:
    """The position of a row in a list: its id, after the time that the list is ordered by."""

    pk: UUID
    at: datetime | None = None

    @classmethod
    def of(cls, row: Model, by: str) -> "Cursor":
        return cls(row.pk, getattr(row, by) if by else None)

    @classmethod
    def read(cls, text: str, by: str) -> "Cursor | None":
        at, _, pk = text.rpartition("~")
        try:
            return cls(UUID(pk), datetime.fromisoformat(at) if by else None)
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.pk}" if self.at else str(self.pk)

    def beyond(self, by: str, direction: str) -> Q:
        if not by:
            return Q((f"pk__{direction}", self.pk))
        # The time is compared twice because an index can only start from the first comparison.
        tied = Q((by, self.at), (f"pk__{direction}", self.pk))
        return Q((f"{by}__{direction}e", self.at)) & (Q((f"{by}__{direction}", self.at)) | tied)


def newest_first(rows: QuerySet[M], request: HttpRequest, *, size: int, by: str = "") -> Page[M]:
    """Return a page of the list, ordered by id or by a time and then id, the newest first.

    It goes by the position of a row instead of an offset: no row is skipped or repeated while rows
    are added, and the thousandth page costs the same as the first. Links keep the filters.
    """
    return _keyset_page(rows, request, size=size, by=by, back="gt", forth="lt")


def oldest_first(rows: QuerySet[M], request: HttpRequest, *, size: int, by: str) -> Page[M]:
    """Return a page like `newest_first`, of a queue: who waits longest comes first."""
    return _keyset_page(rows, request, size=size, by=by, back="lt", forth="gt")


def _keyset_page(
    rows: QuerySet[M], request: HttpRequest, *, size: int, by: str, back: str, forth: str
) -> Page[M]:
    """Return the page that follows or precedes the position in the address.

    `before` in an address means further down the list, whichever its order is.
    """
    before, after = (Cursor.read(request.GET.get(name, ""), by) for name in ("before", "after"))
    if after:
        fetched = list(_in_order(rows.filter(after.beyond(by, back)), by, back)[: size + 1])
        if len(fetched) > size:
            shown = fetched[:size][::-1]
            newer = page_link(request, "after", Cursor.of(shown[0], by))
            return Page(shown, newer, page_link(request, "before", Cursor.of(shown[-1], by)))
        before = None
    older_rows = rows.filter(before.beyond(by, forth)) if before else rows
    fetched = list(_in_order(older_rows, by, forth)[: size + 1])
    shown = fetched[:size]
    newer = older = ""
    if before:
        newer = (
            page_link(request, "after", Cursor.of(shown[0], by)) if shown else page_link(request)
        )
    if len(fetched) > size:
        older = page_link(request, "before", Cursor.of(shown[-1], by))
    return Page(shown, newer, older)


def _in_order(rows: QuerySet[M], by: str, direction: str) -> QuerySet[M]:
    sign = "-" if direction == "lt" else ""
    return rows.order_by(*([f"{sign}{by}"] if by else []), f"{sign}pk")


def numbered(fetch: Callable[[int, int], list[M]], request: HttpRequest, *, size: int) -> Page[M]:
    """Return a page of a list by its number. `fetch` gets an offset and a limit.

    It is for orders that change from minute to minute, such as by a rating, in which the position
    of a row says nothing later. A list in the order of its ids uses `newest_first`.
    """
    text = request.GET.get("page", "")
    number = min(int(text), LAST_PAGE) if text.isdecimal() and int(text) else 1
    fetched = fetch((number - 1) * size, size + 1)
    newer = page_link(request, "page", number - 1) if number > 1 else ""
    older = page_link(request, "page", number + 1) if len(fetched) > size else ""
    return Page(fetched[:size], newer, older)


def page_link(request: HttpRequest, direction: str = "", cursor: object = None) -> str:
    """Return the link to the rows `before` or `after` a position, with the filters of this page."""
    query = request.GET.copy()
    query.pop("before", None)
    query.pop("after", None)
    if cursor:
        query[direction] = str(cursor)
    return f"?{query.urlencode()}"


def render_partial(
    request: HttpRequest, template: str, part: str, context: dict[str, Any]
) -> HttpResponse:
    """Render the whole page, or only the named partial when htmx asks for it."""
    name = f"{template}#{part}" if wants_partial(request) else template
    response = render(request, name, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def wants_partial(request: HttpRequest) -> bool:
    """Return whether htmx asks for a part. After going back in the browser it wants the page."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]  # its middleware puts it there
    return bool(htmx) and not htmx.history_restore_request
