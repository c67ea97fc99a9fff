"""Cursor pagination: rows that are added meanwhile are neither skipped nor repeated."""

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor, CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.problems import ApiError, FieldError, invalid

DEFAULT_LIMIT, MAX_LIMIT = 50, 200
LIMITS = frozenset(map(str, range(1, MAX_LIMIT + 1)))
PARAMETERS = frozenset({"cursor", "limit"})


class ApiCursorPagination(CursorPagination):
    """DRF's pagination by cursor, which refuses a wrong limit or cursor, and links forward only."""

    page_size = DEFAULT_LIMIT
    page_size_query_param = "limit"
    max_page_size = MAX_LIMIT
    ordering = "-id"
    cursor_query_description = "The position to continue from, as in the URL of `next`."
    page_size_query_description = "How many objects a page has."

    def paginate_queryset(
        self, queryset: QuerySet[Any], request: Request, view: Any = None
    ) -> list[Any] | None:
        self.model: type[Model] = queryset.model
        page = super().paginate_queryset(queryset, request, view)
        # The links name the public address, whatever host a proxy called us by.
        self.base_url = f"{settings.SITE_URL}{request.get_full_path()}"
        return page

    def get_page_size(self, request: Request) -> int:
        limit = request.query_params.get("limit", str(DEFAULT_LIMIT))
        if limit not in LIMITS:
            raise invalid(
                [_invalid("limit", _("A number from 1 to %(most)d.") % {"most": MAX_LIMIT})]
            )
        return int(limit)

    def decode_cursor(self, request: Request) -> Cursor | None:
        """Refuse a cursor that is not one of ours, before its position reaches the database."""
        try:
            cursor = super().decode_cursor(request)
            if cursor:
                field: Any = self.model._meta.get_field(self.ordering[0].lstrip("-"))
                if field.to_python(cursor.position) is None:
                    raise ValueError("A cursor of ours has a position.")
        except (NotFound, ValueError, ValidationError):
            message = _("Use the address of the next page as it was returned.")
            raise invalid([_invalid("cursor", message)]) from None
        return cursor

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"results": data, "next": self.get_next_link()})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "properties": {
                "results": schema,
                "next": {
                    "type": ["string", "null"],
                    "format": "uri",
                    "description": "The address of the next page; null on the last one.",
                },
            },
            "required": ["results", "next"],
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:  # noqa: ARG002
        limits = {"minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
        return [
            {
                "in": "query",
                "name": "limit",
                "description": self.page_size_query_description,
                "schema": {"type": "integer", **limits},
            },
            {
                "in": "query",
                "name": "cursor",
                "description": self.cursor_query_description,
                "schema": {"type": "string"},
            },
        ]


def find_limit_errors(request: Request) -> list[FieldError]:
    """Return what is wrong with the size of the page."""
    try:
        ApiCursorPagination().get_page_size(request)
    except ApiError as error:
        return list(error.errors)
    return []


def _invalid(parameter: str, message: str) -> FieldError:
    return FieldError(parameter, "invalid", message)
