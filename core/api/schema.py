"""The OpenAPI document of the API, read from its views: what they check is what is told."""

from collections.abc import Mapping
from typing import Any

import django_filters
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ResolvedComponent
from rest_framework import serializers

from core.api import idempotency, pagination, problems
from core.api.fields import RequestSerializer
from core.api.operations import Operation
from core.api.reading import Told
from core.api.views import IF_MATCH, IF_NONE_MATCH, ApiView, ListView

Schema = dict[str, Any]

SENT_IN_A_BODY = ("POST", "PATCH", "PUT")
CODES = {
    status: [code for code, kind in problems.KINDS.items() if kind.status == status]
    for status in {kind.status for kind in problems.KINDS.values()}
}
TYPES: Mapping[type[django_filters.Filter], Schema] = {
    django_filters.UUIDFilter: {"type": "string", "format": "uuid"},
    django_filters.BooleanFilter: {"type": "boolean"},
    django_filters.IsoDateTimeFilter: {"type": "string", "format": "date-time"},
    django_filters.DateFilter: {"type": "string", "format": "date"},
    django_filters.NumberFilter: {"type": "integer", "minimum": 1, "maximum": 5},
}


class FieldErrorSerializer(serializers.Serializer[Any]):
    field = serializers.CharField(help_text="A path, such as `patients[3].phone`.")
    rule = serializers.CharField(help_text="Which rule it breaks, such as `required`.")
    message = serializers.CharField()


class ProblemSerializer(serializers.Serializer[Any]):
    """What went wrong (RFC 9457). Programs go by `code`, which stays as it is."""

    type = serializers.CharField(help_text="Where this kind of problem is described.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.ChoiceField(choices=list(problems.KINDS))
    errors = FieldErrorSerializer(many=True, required=False)  # type: ignore[assignment]  # its own errors are another thing


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself
    target_class = "integrations.authentication.KeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: AutoSchema) -> Schema:  # noqa: ARG002
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key of the workspace: `Authorization: Bearer rm_…`",
        }


class MemberScheme(SessionScheme):  # type: ignore[no-untyped-call]  # registers itself
    target_class = "integrations.authentication.MemberAuthentication"
    name = "session"


class ApiSchema(AutoSchema):
    @property
    def ours(self) -> ApiView:
        assert isinstance(self.view, ApiView)
        return self.view

    @property
    def operation(self) -> Operation:
        return self.ours.operations[self.method]

    def is_excluded(self) -> bool:
        return not isinstance(self.view, ApiView)

    def get_operation_id(self) -> str:
        return self.operation.name

    def get_summary(self) -> str:
        return self.operation.summary

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular has it
        scope = self.operation.scope
        told = str(getattr(self.view, self.method.lower()).__doc__ or "").strip()
        needs = f"Needs the scope `{scope}`." if scope else "Needs no scope."
        return f"{' '.join(told.split())}\n\n{needs}".strip()

    def get_request_serializer(self) -> Any:
        return self.operation.takes

    def get_response_serializers(self) -> Any:
        operation = self.operation
        answers: Any = operation.answers
        if operation.is_list and operation.answers:
            answers = self._page_of(operation.answers)
        return {operation.status: answers, **operation.also}

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:  # noqa: ARG002
        """In our code the name says which way it goes; in the description its place does."""
        name = type(serializer).__name__
        return name.removesuffix("Told").removesuffix("Body")

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Schema:
        schema: Schema = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        if isinstance(serializer, RequestSerializer):
            schema["additionalProperties"] = False
        return schema

    def _is_list_view(self, serializer: Any = None) -> bool:  # noqa: ARG002
        return False  # a page is an object of its own

    def _page_of(self, described_by: Told) -> Schema:
        row = self.resolve_serializer(described_by, "response")
        component = ResolvedComponent(  # type: ignore[no-untyped-call]
            name=f"{row.name}Page",
            type=ResolvedComponent.SCHEMA,
            object=f"{row.name}Page",
            schema={
                "type": "object",
                "properties": {
                    "results": {"type": "array", "items": row.ref},
                    "next": {
                        "type": ["string", "null"],
                        "format": "uri",
                        "description": "The address of the next page; null on the last one.",
                    },
                },
                "required": ["results", "next"],
            },
        )
        self.registry.register_on_missing(component)
        return dict(component.ref)

    def _get_response_bodies(self, direction: Any = "response") -> Schema:
        bodies: Schema = super()._get_response_bodies(direction)
        problem = self.resolve_serializer(ProblemSerializer, "response").ref
        for status in self._refusals():
            bodies[str(status)] = {
                "description": ", ".join(f"`{code}`" for code in CODES[status]),
                "content": {problems.MEDIA_TYPE: {"schema": problem}},
            }
        bodies["429"]["headers"] = {
            "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}
        }
        if self._is_tagged():
            bodies["304"] = {"description": "It is as you know it."}
        return dict(sorted(bodies.items()))

    def _refusals(self) -> list[int]:
        refusals = [400, 401, 403, 429]
        if "{" in self.path:
            refusals.append(404)
        if self.method in SENT_IN_A_BODY:
            refusals += [413, 415]
        if self.method == "POST":
            refusals += [409, 422]
        if self.operation.may_conflict:
            refusals.append(409)
        if self.method in ("PATCH", "PUT", "DELETE"):
            refusals.append(412)
        return refusals

    def _is_tagged(self) -> bool:
        return self.method == "GET" and not self.operation.is_list

    def _get_parameters(self) -> list[Schema]:
        parameters: list[Schema] = super()._get_parameters()
        if self.method == "POST":
            parameters.append(
                _header(
                    idempotency.HEADER,
                    "The same request with the same key is done once and answered alike, for"
                    " 24 hours.",
                    maxLength=idempotency.LONGEST,
                    pattern="^[ -~]*$",
                )
            )
        if self._is_tagged():
            parameters.append(_header(IF_NONE_MATCH, "An `ETag`: 304 if it still holds."))
        if self.method in ("PATCH", "PUT", "DELETE"):
            parameters.append(_header(IF_MATCH, "An `ETag`: 412 if it was changed meanwhile."))
        return parameters

    def _get_filter_parameters(self) -> list[Schema]:
        if self.method != "GET":
            return []
        narrowing = [*self._filters(), *self.ours.query_schemas.items()]
        return [{"in": "query", "name": name, "schema": schema} for name, schema in narrowing]

    def _filters(self) -> list[tuple[str, Schema]]:
        if not isinstance(self.view, ListView):
            return []
        filters = self.view.filterset_class.base_filters if self.view.filterset_class else {}
        return [(name, _schema_of(one)) for name, one in filters.items()]

    def _get_pagination_parameters(self) -> list[Schema]:
        if not self.operation.is_list:
            return []
        return [
            {
                "in": "query",
                "name": "limit",
                "description": "How many of them.",
                "schema": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": pagination.MOST,
                    "default": pagination.USUAL,
                },
            },
            {
                "in": "query",
                "name": "cursor",
                "description": "Where to go on, as `next` told it.",
                "schema": {"type": "string"},
            },
        ]


def _schema_of(one: django_filters.Filter) -> Schema:
    choices = one.extra.get("choices")
    if choices:
        return {"type": "string", "enum": [value for value, _label in choices]}
    found = next((schema for kind, schema in TYPES.items() if isinstance(one, kind)), None)
    return dict(found or {"type": "string", "maxLength": one.extra.get("max_length", 200)})


def _header(name: str, description: str, **schema: Any) -> Schema:
    return {
        "in": "header",
        "name": name,
        "description": description,
        "schema": {"type": "string", **schema},
    }
