"""The base classes of all API views: DRF's generic views with the rules that all of them keep."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.db.models import F
from django.urls import reverse
from django.utils.translation import gettext as _
from django_filters import FilterSet
from rest_framework import generics, mixins
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from core import request_bodies
from core.api import etags, pagination
from core.api.fields import find_form_errors, raise_errors, validate_body
from core.api.problems import ApiError, FieldError, invalid

IF_MATCH, IF_NONE_MATCH = "If-Match", "If-None-Match"
SerializerClass = type[Serializer[Any]]


class ApiView(generics.GenericAPIView[Any]):
    """A view that knows its caller, requires HTTPS, refuses unknown parameters and sends ETags."""

    access = "api"
    # The scope that a key needs to get more than an id in the answer to a write.
    read_scope: ClassVar[str | None] = None
    max_body_bytes: ClassVar[int] = request_bodies.API
    # OpenAPI schemas of query parameters that are neither filters nor of pagination.
    query_schemas: ClassVar[Mapping[str, dict[str, Any]]] = {}

    http_method_names = ["get", "head", "post", "patch", "put", "delete"]

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        view = super().as_view(**initkwargs)
        view.access = cls.access  # type: ignore[attr-defined]  # read by the guards
        # CommonMiddleware's redirect would turn a POST without its last slash into a GET.
        view.should_append_slash = False  # type: ignore[attr-defined]
        return request_bodies.accepts_body(cls.max_body_bytes)(view)

    # The settings name the authentication and permission classes, so this app imports no model of
    # another one: hence Any.

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
        self._require_https(request)
        super().initial(request, *args, **kwargs)
        self._refuse_unknown_parameters(request)

    def perform_authentication(self, request: Request) -> None:
        """Count the call as soon as the caller is known, so that refused calls are limited too."""
        super().perform_authentication(request)
        super().check_throttles(request)

    def check_throttles(self, request: Request) -> None:
        """Do nothing: perform_authentication has counted this call."""

    def read_body(
        self, serializer_class: SerializerClass, *, partial: bool = False
    ) -> tuple[dict[str, Any], list[FieldError]]:
        """Return the fields that are valid, and the errors of the others.

        For views that check more than types: they add what they find, so that one answer names
        every mistake.
        """
        body: Any = self.request.data
        data, errors = validate_body(body, serializer_class, partial=partial)
        if not isinstance(body, dict):
            raise_errors(errors)
        return data, errors

    def valid_body(self, serializer_class: SerializerClass) -> dict[str, Any]:
        """Return the validated body, or refuse the request."""
        data, errors = self.read_body(serializer_class)
        raise_errors(errors)
        return data

    def get_object_for_update(self) -> Any:
        """Lock the row until the request is over, and honour If-Match."""
        key = self.kwargs[self.lookup_url_kwarg or self.lookup_field]
        rows = self.get_queryset().order_by().filter(pk=key).select_for_update(of=("self",))
        list(rows.values_list("pk"))
        # Read after the lock is ours: joined rows may have changed while we waited for it.
        row = self.get_object()
        if self.request.headers.get(IF_MATCH):
            self.check_if_match(self.get_serializer(row).data)
        return row

    def check_if_match(self, data: Any) -> None:
        """Refuse the write when the client's ETag is stale."""
        sent = self.request.headers.get(IF_MATCH)
        if sent and not etags.matches(sent, etags.make_etag(data)):
            raise ApiError(
                "changed_meanwhile", _("Read it again, and repeat the change if it is still right.")
            )

    def etag_response(self, data: Any, *, status: int = 200, **headers: str) -> Response:
        """Answer with this data and its ETag, or with 304 if the client has it already.

        A key without the scope to read it gets the id alone: otherwise a change of nothing would
        be a way to read with a key that may only write.
        """
        etag = etags.make_etag(data)
        if self.read_scope and self.key and self.read_scope not in self.key.scopes:
            data = {"id": data["id"]}
        known = self.request.headers.get(IF_NONE_MATCH)
        if self.request.method in ("GET", "HEAD") and known and etags.matches(known, etag):
            return Response(status=304, headers={"ETag": etag})
        return Response(data, status=status, headers={"ETag": etag, **headers})

    def object_response(self, pk: UUID, *, status: int = 200, **headers: str) -> Response:
        """Read this row from the database and answer with it."""
        row = self.get_queryset().get(pk=pk)
        return self.etag_response(self.get_serializer(row).data, status=status, **headers)

    def created_response(self, pk: UUID, *, url_name: str, status: int = 201) -> Response:
        return self.object_response(pk, status=status, Location=reverse(url_name, args=[pk]))

    def known_parameters(self) -> frozenset[str]:
        return frozenset(self.query_schemas)

    def find_query_errors(self) -> list[FieldError]:
        """Return what is wrong with the known query parameters."""
        return []

    def _require_https(self, request: Request) -> None:
        """Refuse a call in clear, also one with a valid key, which others may have read by now."""
        if settings.HTTPS and not request.is_secure():
            raise ApiError(
                "https_required",
                _("Call %(site)s. If a key was sent without HTTPS, revoke it and make another.")
                % {"site": settings.SITE_URL},
            )

    def _refuse_unknown_parameters(self, request: Request) -> None:
        known = self.known_parameters() if request.method in ("GET", "HEAD") else frozenset()
        errors = [
            FieldError(name[:80], "unknown", _("There is no such parameter."))
            for name in sorted(set(request.query_params) - known)
        ]
        # An empty filter would answer with everything, which nobody who sends one expects.
        errors += [
            FieldError(name, "blank", _("Give it a value, or leave the parameter out."))
            for name in request.query_params
            if name in known and not (request.query_params.get(name) or "").strip()
        ]
        if errors:
            raise invalid([*self.find_query_errors(), *errors])


class DetailView(mixins.RetrieveModelMixin, ApiView):
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        return self.etag_response(self.get_serializer(self.get_object()).data)


class ListView(mixins.ListModelMixin, ApiView):
    filterset_class: ClassVar[type[FilterSet] | None] = None

    def filter_queryset(self, queryset: Any) -> Any:
        if errors := self.find_query_errors():
            raise invalid(errors)
        # The form of the filters takes half a millisecond, a twelfth of the time of a list.
        return super().filter_queryset(queryset) if self._has_filters() else queryset

    def known_parameters(self) -> frozenset[str]:
        filters = self.filterset_class.base_filters if self.filterset_class else {}
        return super().known_parameters() | pagination.PARAMETERS | filters.keys()

    def find_query_errors(self) -> list[FieldError]:
        errors = pagination.find_limit_errors(self.request)
        if not self.filterset_class or not self._has_filters():
            return errors
        filterset = self.filterset_class(
            self.request.query_params, queryset=self.get_queryset().none()
        )
        return find_form_errors(filterset.form, known=errors)

    def _has_filters(self) -> bool:
        return not self.request.query_params.keys() <= pagination.PARAMETERS


class ColumnListView(ListView):
    """A list whose fields are all columns, read with `values()`.

    A model instance and the fields of a serializer for each row took 4 of the 10 ms of a list of
    50. The renderer writes times and ids as the serializer of a single row does.
    """

    fields: ClassVar[Sequence[str]]
    # The fields whose column has another name.
    renamed: ClassVar[Mapping[str, F]] = {}

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002
        columns = [field for field in self.fields if field not in self.renamed]
        rows = self.filter_queryset(self.get_queryset()).values(*columns, **self.renamed)
        page = self.paginate_queryset(rows)
        return self.get_paginated_response(page)
