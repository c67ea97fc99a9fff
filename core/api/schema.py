"""What we add to drf-spectacular's OpenAPI document: scopes, problems, ETags, idempotency keys."""

from collections.abc import Mapping
from typing import Any

import django_filters
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from rest_framework import serializers

from core.api import idempotency, problems
from core.api.fields import RequestSerializer
from core.api.requirements import Requirement, find_requirement
from core.api.views import IF_MATCH, IF_NONE_MATCH, ApiView, ListView

Schema = dict[str, Any]

METHODS_WITH_BODY = ("POST", "PATCH", "PUT")
CODES = {
    status: [code for code, problem in problems.PROBLEM_TYPES.items() if problem.status == status]
    for status in {problem.status for problem in problems.PROBLEM_TYPES.values()}
}
FILTER_SCHEMAS: Mapping[type[django_filters.Filter], Schema] = {
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
    """What went wrong (RFC 9457). Programs go by `code`, which never changes."""

    type = serializers.CharField(help_text="Where this kind of problem is described.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.ChoiceField(choices=list(problems.PROBLEM_TYPES))
    errors = FieldErrorSerializer(many=True, required=False)  # type: ignore[assignment]  # its own errors are another thing


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself
    target_class = "integrations.authentication.ApiKeyAuthentication"
    name = "key"

    def get_security_definition(self, auto_schema: AutoSchema) -> Schema:  # noqa: ARG002
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "An API key of the workspace: `Authorization: Bearer rm_…`",
        }


class MemberSessionScheme(SessionScheme):  # type: ignore[no-untyped-call]  # registers itself
    target_class = "integrations.authentication.MemberSessionAuthentication"
    name = "session"


class ApiSchema(AutoSchema):
    @property
    def requirement(self) -> Requirement:
        requirement = find_requirement(self.view, self.method)
        assert requirement, f"{self.method} {self.path} does not say what it requires"
        return requirement

    def is_excluded(self) -> bool:
        return not isinstance(self.view, ApiView)

    def get_description(self) -> str:  # type: ignore[override]  # as drf-spectacular has it
        scope = self.requirement.scope
        text = str(getattr(self.view, self.method.lower()).__doc__ or "").strip()
        needs = f"Needs the scope `{scope}`." if scope else "Needs no scope."
        return f"{' '.join(text.split())}\n\n{needs}".strip()

    def _map_basic_serializer(self, serializer: Any, direction: Any) -> Schema:
        schema: Schema = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        if isinstance(serializer, RequestSerializer):
            schema["additionalProperties"] = False
        return schema

    def _get_response_bodies(self, direction: Any = "response") -> Schema:
        bodies: Schema = super()._get_response_bodies(direction)
        problem = self.resolve_serializer(ProblemSerializer, "response").ref
        for status in self._list_refusals():
            bodies[str(status)] = {
                "description": ", ".join(f"`{code}`" for code in CODES[status]),
                "content": {problems.MEDIA_TYPE: {"schema": problem}},
            }
        bodies["429"]["headers"] = {
            "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}
        }
        if self._has_etag():
            bodies["304"] = {"description": "It has not changed."}
        return dict(sorted(bodies.items()))

    def _list_refusals(self) -> list[int]:
        refusals = [400, 401, 403, 429]
        if "{" in self.path:
            refusals.append(404)
        if self.method in METHODS_WITH_BODY:
            refusals += [413, 415]
        if self.method == "POST":
            refusals += [409, 422]
        if self.method in ("PATCH", "PUT", "DELETE"):
            refusals += [409, 412]
        return refusals

    def _has_etag(self) -> bool:
        return self.method == "GET" and not isinstance(self.view, ListView)

    def _get_parameters(self) -> list[Schema]:
        parameters: list[Schema] = super()._get_parameters()
        if self.method == "POST":
            parameters.append(
                _header(
                    idempotency.HEADER,
                    "The same request with the same key runs once and gets the same answer for"
                    " 24 hours.",
                    maxLength=idempotency.MAX_LENGTH,
                    pattern="^[ -~]*$",
                )
            )
        if self._has_etag():
            parameters.append(
                _header(IF_NONE_MATCH, "An `ETag`: 304 if the object has not changed.")
            )
        if self.method in ("PATCH", "PUT", "DELETE"):
            parameters.append(_header(IF_MATCH, "An `ETag`: 412 if the object has changed."))
        return parameters

    def _get_filter_parameters(self) -> list[Schema]:
        if self.method != "GET":
            return []
        filterset_class = getattr(self.view, "filterset_class", None)
        filters = filterset_class.base_filters if filterset_class else {}
        schemas = {name: _map_filter(filter_) for name, filter_ in filters.items()}
        schemas |= getattr(self.view, "query_schemas", {})
        return [{"in": "query", "name": name, "schema": schema} for name, schema in schemas.items()]


def _map_filter(filter_: django_filters.Filter) -> Schema:
    choices = filter_.extra.get("choices")
    if choices:
        return {"type": "string", "enum": [value for value, _label in choices]}
    schema = next((s for kind, s in FILTER_SCHEMAS.items() if isinstance(filter_, kind)), None)
    return dict(schema or {"type": "string", "maxLength": filter_.extra.get("max_length", 200)})


def _header(name: str, description: str, **schema: Any) -> Schema:
    return {
        "in": "header",
        "name": name,
        "description": description,
        "schema": {"type": "string", **schema},
    }
