"""Long lists a page at a time, and the part of a page that htmx asks for."""

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


@dataclass(frozen=True)
class Page(Generic[M]):
    rows: list[M]
    newer: str = ""
    older: str = ""


@dataclass(frozen=True)
class Cursor:
    """Where a page begins or ends: a row's id, and before it the moment that the list goes by."""

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

    def beyond(self, by: str, way: str) -> Q:
        if not by:
            return Q((f"pk__{way}", self.pk))
        # Twice the moment: the first is what an index can start from.
        tied = Q((by, self.at), (f"pk__{way}", self.pk))
        return Q((f"{by}__{way}e", self.at)) & (Q((f"{by}__{way}", self.at)) | tied)


def newest_first(rows: QuerySet[M], request: HttpRequest, *, size: int, by: str = "") -> Page[M]:
    """By id, which is the order of making, or by a moment of the rows and then by id: no row is
    skipped or shown twice while others are added, and the thousandth page costs what the first
    does. The addresses keep the list's filters.
    """
    before, after = (Cursor.read(request.GET.get(name, ""), by) for name in ("before", "after"))
    if after:
        ascending = rows.filter(after.beyond(by, "gt")).order_by(*filter(None, [by, "pk"]))
        found = list(ascending[: size + 1])
        if len(found) > size:
            shown = found[:size][::-1]
            newer = _at(request, "after", Cursor.of(shown[0], by))
            return Page(shown, newer, _at(request, "before", Cursor.of(shown[-1], by)))
        before = None
    older_rows = rows.filter(before.beyond(by, "lt")) if before else rows
    found = list(older_rows.order_by(*([f"-{by}"] if by else []), "-pk")[: size + 1])
    shown = found[:size]
    newer = older = ""
    if before:
        newer = _at(request, "after", Cursor.of(shown[0], by)) if shown else _at(request)
    if len(found) > size:
        older = _at(request, "before", Cursor.of(shown[-1], by))
    return Page(shown, newer, older)


def _at(request: HttpRequest, direction: str = "", mark: Cursor | None = None) -> str:
    query = request.GET.copy()
    query.pop("before", None)
    query.pop("after", None)
    if mark:
        query[direction] = str(mark)
    return f"?{query.urlencode()}"


def render_partial(
    request: HttpRequest, template: str, part: str, context: dict[str, Any]
) -> HttpResponse:
    """The whole page, or that part of it alone when htmx asks for it."""
    name = f"{template}#{part}" if wants_partial(request) else template
    response = render(request, name, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def wants_partial(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page; going back in the browser takes the whole."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]  # its middleware puts it there
    return bool(htmx) and not htmx.history_restore_request
