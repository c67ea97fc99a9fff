"""What every resource is: who may call it, how much it reads, and how it says no."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Generic, TypeVar, cast
from uuid import UUID

from django.conf import settings
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django_filters import FilterSet
from rest_framework import exceptions
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core import request_bodies
from core.api import pagination, problems, reading, throttling
from core.api.fields import mistakes_of, read, refuse
from core.api.negotiation import AlwaysJson, SafeJSONParser
from core.api.operations import Operation
from core.api.problems import ApiError, FieldError, invalid
from core.api.reading import Told, Values

M = TypeVar("M", bound=Model)

IF_MATCH, IF_NONE_MATCH = "If-Match", "If-None-Match"


class ApiView(APIView):
    access = "api"
    # By method; one that is not here does not exist.
    operations: ClassVar[Mapping[str, Operation]] = {}
    # What a key needs to read the values that a change is answered with.
    read_scope: ClassVar[str | None] = None
    # How many bytes of a body are read.
    most: ClassVar[int] = request_bodies.API
    # What an address may ask for besides filters and pages, as the description tells it.
    query_schemas: ClassVar[Mapping[str, dict[str, Any]]] = {}

    parser_classes: Sequence[type[BaseParser]] = (SafeJSONParser,)
    renderer_classes = (JSONRenderer,)
    content_negotiation_class = AlwaysJson
    metadata_class = None
    http_method_names = ("get", "head", "post", "patch", "put", "delete")

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        view = super().as_view(**initkwargs)
        view.access = cls.access  # type: ignore[attr-defined]  # read by the guards
        return request_bodies.accepts_body(cls.most)(view)

    # Who authenticates and what a caller needs are the classes that the settings name, so that this
    # app imports no model of another one.

    @property
    def workspace(self) -> Any:
        return self.request._request.workspace  # type: ignore[attr-defined]  # TenantMiddleware's

    @property
    def user(self) -> Any:
        return self.request.user

    @property
    def key(self) -> Any:
        """The API key of the call, or None for a member with a session."""
        return self.request.auth

    @property
    def caller_id(self) -> UUID:
        caller: UUID = self.key.pk if self.key else self.user.pk
        return caller

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who, then how often, then what: whoever may not come in learns nothing else."""
        self._must_come_over_https(request)
        super().initial(request, *args, **kwargs)
        self._must_know_parameters(request)

    def _must_come_over_https(self, request: Request) -> None:
        """Refuse a call in clear, also one with a valid key, which others may have read by now."""
        if settings.HTTPS and not request.is_secure():
            raise ApiError(
                "https_required",
                _("Call %(site)s. If a key was sent without HTTPS, revoke it and make another.")
                % {"site": settings.SITE_URL},
            )

    def check_permissions(self, request: Request) -> None:
        """Count the call before looking at its rights, so that refused calls are limited too."""
        if not request.user.is_authenticated:
            raise exceptions.NotAuthenticated
        throttling.take(str(self.caller_id))
        super().check_permissions(request)

    def handle_exception(self, exc: Exception) -> Response:
        expected = problems.understood(exc)
        if expected is None:
            raise exc
        # TenantDoor takes back what was written before it was refused.
        self.request._request.failed = True  # type: ignore[attr-defined]
        response = problems.response(expected)
        response.exception = True
        return response

    def body(self, described_by: Told, **options: Any) -> Values:
        """What was sent, of the described types and no others."""
        values, mistakes = self.read(described_by, **options)
        refuse(mistakes)
        return values

    def read(self, described_by: Told, **options: Any) -> tuple[Values, list[FieldError]]:
        """Return what is as described, and the mistakes in the rest.

        For a view that looks at more than types: it adds what it finds, so that one answer names
        everything that is wrong.
        """
        data: Any = self.request.data
        values, mistakes = read(data, described_by, **options)
        if not isinstance(data, dict):
            refuse(mistakes)
        return values, mistakes

    def must_match(self, values: Values) -> None:
        """Whoever says upon which state they change something does so upon that one or not at all.

        Compared weakly, for a proxy that compresses weakens every tag on its way.
        """
        wanted = self.request.headers.get(IF_MATCH)
        if wanted and not _matches(wanted, reading.tag(values)):
            raise ApiError("changed_meanwhile", _("Read it again, and decide anew."))

    def tagged(self, values: Values, *, status: int = 200, **headers: str) -> Response:
        """Answer with these values and their ETag.

        A key without the scope that reads them gets the id alone: otherwise a change of nothing
        would be a way to read with a key that may only write.
        """
        tag = reading.tag(values)
        if self.read_scope and self.key and self.read_scope not in self.key.scopes:
            values = {"id": values["id"]}
        wanted = self.request.headers.get(IF_NONE_MATCH)
        if self.request.method in ("GET", "HEAD") and wanted and _matches(wanted, tag):
            return Response(status=304, headers={"ETag": tag})
        return Response(values, status=status, headers={"ETag": tag, **headers})

    def _must_know_parameters(self, request: Request) -> None:
        known = self.known_parameters() if request.method in ("GET", "HEAD") else frozenset()
        mistakes = [
            FieldError(name[:80], "unknown", _("There is no such parameter."))
            for name in sorted(set(request.query_params) - known)
        ]
        # An empty filter would answer with everything, which nobody who sends one expects.
        mistakes += [
            FieldError(name, "blank", _("Give it a value, or leave the parameter out."))
            for name in request.query_params
            if name in known and not (request.query_params.get(name) or "").strip()
        ]
        if mistakes:
            raise invalid([*self.mistakes_in_query(), *mistakes])

    def mistakes_in_query(self) -> list[FieldError]:
        """Return what is wrong with the parameters that exist."""
        return []

    def known_parameters(self) -> frozenset[str]:
        return frozenset(self.query_schemas)


class RowsView(ApiView, Generic[M]):
    """Of rows of one kind: how one is found, and how it is told."""

    described_by: ClassVar[Told]
    # What is needed of an instance besides itself.
    beside: ClassVar[Sequence[str]] = ()

    def rows(self) -> QuerySet[M]:
        """Those that the caller may see."""
        raise NotImplementedError

    def values(self, key: UUID) -> Values:
        return reading.one(self.rows(), key, self.described_by)

    def held(self, key: UUID) -> M:
        """Nobody else changes it until this request is over."""
        locked = self.rows().order_by().filter(pk=key).select_for_update(of=("self",))
        list(locked.values_list("pk"))
        rows = self.rows()
        return get_object_or_404(rows.select_related(*self.beside) if self.beside else rows, pk=key)

    def found(self, key: UUID) -> M:
        """Held, and as whoever wants to change it says that it is."""
        row = self.held(key)
        self.must_match(self.values(key))
        return row

    def made(self, key: UUID, *, at: str, status: int = 201) -> Response:
        return self.tagged(self.values(key), status=status, Location=reverse(at, args=[key]))


class OneView(RowsView[M]):
    def get(self, request: Request, **row: UUID) -> Response:  # noqa: ARG002
        (key,) = row.values()
        return self.tagged(self.values(key))


class ListView(RowsView[M]):
    filterset_class: ClassVar[type[FilterSet] | None] = None
    order: ClassVar[pagination.PageOrder] = pagination.NEWEST
    # Whether `rows` go by nothing but the workspace, the person and their role.
    is_alike: ClassVar[bool] = False

    def get(self, request: Request, **_row: UUID) -> HttpResponse:
        return HttpResponse(str(self.page(request)), content_type="application/json")

    def page(self, request: Request) -> pagination.ApiPage:
        if self.is_alike and request.query_params.keys() <= {"limit"}:
            return self._first_page(request)
        rows = self.narrowed(self.rows())
        return pagination.page(rows, request, described_by=self.described_by, order=self.order)

    def _first_page(self, request: Request) -> pagination.ApiPage:
        size = pagination.size_of(request)
        found = reading.written_alike(
            lambda: self.rows().order_by(self.order.sorting),
            self.described_by,
            most=size + 1,
            same_for=(type(self), self.user.role),
            who={"workspace": self.workspace.pk, "user": self.user.pk},
        )
        return pagination.page_of(found, request, size=size, order=self.order)

    def known_parameters(self) -> frozenset[str]:
        filters = self.filterset_class.base_filters if self.filterset_class else {}
        return super().known_parameters() | pagination.PARAMETERS | filters.keys()

    def narrowed(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        if not self.filterset_class or self.request.query_params.keys() <= pagination.PARAMETERS:
            return rows
        filters = self.filterset_class(
            self.request.query_params, queryset=rows, request=cast(HttpRequest, self.request)
        )
        if not filters.is_valid():
            raise invalid(self.mistakes_in_query())
        return cast("QuerySet[Any]", filters.qs)

    def mistakes_in_query(self) -> list[FieldError]:
        mistakes = pagination.mistakes_in(self.request)
        if not self.filterset_class:
            return mistakes
        filters = self.filterset_class(
            self.request.query_params,
            queryset=self.rows().none(),
            request=cast(HttpRequest, self.request),
        )
        return mistakes_of(filters.form, besides=mistakes)


def _matches(wanted: str, tag: str) -> bool:
    given = {one.strip().removeprefix("W/") for one in wanted.split(",")}
    return "*" in given or tag in given
