"""Long lists a page at a time, and the part of a page that htmx asks for."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
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


def newest_first(rows: QuerySet[M], request: HttpRequest, *, size: int) -> Page[M]:
    """By id, which is the order of making: no row is skipped or shown twice while others are added,
    and the thousandth page costs what the first does. The addresses keep the list's filters.
    """
    before, after = _id(request, "before"), _id(request, "after")
    if after:
        found = list(rows.filter(pk__gt=after).order_by("pk")[: size + 1])
        if len(found) > size:
            shown = found[:size][::-1]
            return Page(shown, _at(request, "after", shown[0]), _at(request, "before", shown[-1]))
        before = None
    found = list((rows.filter(pk__lt=before) if before else rows).order_by("-pk")[: size + 1])
    shown = found[:size]
    newer = older = ""
    if before:
        newer = _at(request, "after", shown[0]) if shown else _at(request)
    if len(found) > size:
        older = _at(request, "before", shown[-1])
    return Page(shown, newer, older)


def _id(request: HttpRequest, name: str) -> UUID | None:
    try:
        return UUID(request.GET.get(name, ""))
    except ValueError:
        return None


def _at(request: HttpRequest, direction: str = "", row: Model | None = None) -> str:
    query = request.GET.copy()
    query.pop("before", None)
    query.pop("after", None)
    if row:
        query[direction] = str(row.pk)
    return f"?{query.urlencode()}"


def render_part(
    request: HttpRequest, template: str, part: str, context: dict[str, Any]
) -> HttpResponse:
    """The whole page, or that part of it alone when htmx asks for it."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]  # its middleware puts it there
    wants_part = bool(htmx) and not htmx.history_restore_request
    response = render(request, f"{template}#{part}" if wants_part else template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response
