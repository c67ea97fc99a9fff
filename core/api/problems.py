"""Problem documents (RFC 9457): what went wrong, for programs by `code` and for people in words."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.settings import api_settings

from core import disk_space
from core.errors import ProblemError

API_PREFIX = "/api/"
MEDIA_TYPE = "application/problem+json"
UNAUTHORIZED = 401


@dataclass(frozen=True)
class ProblemType:
    status: int
    title: Any


# Every code that a program may get. Clients depend on them, so they never change.
PROBLEM_TYPES: dict[str, ProblemType] = {
    "invalid": ProblemType(400, gettext_lazy("The request is not valid")),
    "unreadable": ProblemType(400, gettext_lazy("The request cannot be read")),
    "not_authenticated": ProblemType(401, gettext_lazy("An API key is required")),
    "key_unknown": ProblemType(401, gettext_lazy("There is no such key")),
    "key_revoked": ProblemType(401, gettext_lazy("This key was revoked")),
    "key_expired": ProblemType(401, gettext_lazy("This key has expired")),
    "key_orphaned": ProblemType(
        401, gettext_lazy("The person who created this key may no longer create keys")
    ),
    "address_not_allowed": ProblemType(
        403, gettext_lazy("This key may not be used from this address")
    ),
    "scope_missing": ProblemType(403, gettext_lazy("The key does not have the required scope")),
    "role_too_weak": ProblemType(403, gettext_lazy("The role of this person does not allow that")),
    "plan_too_small": ProblemType(403, gettext_lazy("The plan does not include the API")),
    "not_a_member": ProblemType(403, gettext_lazy("This person belongs to no workspace")),
    "https_required": ProblemType(403, gettext_lazy("The API requires HTTPS")),
    "csrf_failed": ProblemType(403, gettext_lazy("The CSRF token is missing or wrong")),
    "not_found": ProblemType(404, gettext_lazy("Nothing was found at this address")),
    "method_not_allowed": ProblemType(
        405, gettext_lazy("This address does not support the method")
    ),
    "conflict": ProblemType(409, gettext_lazy("The current state does not allow this")),
    "still_running": ProblemType(409, gettext_lazy("The same request is still running")),
    "changed_meanwhile": ProblemType(412, gettext_lazy("It has changed since you read it")),
    "too_large": ProblemType(413, gettext_lazy("The request is too large")),
    "media_type": ProblemType(415, gettext_lazy("The content type is not supported")),
    "key_reused": ProblemType(
        422, gettext_lazy("The idempotency key was used for another request")
    ),
    "too_many_requests": ProblemType(429, gettext_lazy("Too many requests")),
    "no_room": ProblemType(507, gettext_lazy("There is no space left to store this at the moment")),
    "unexpected": ProblemType(500, gettext_lazy("An error occurred on our side")),
    "away": ProblemType(503, gettext_lazy("Temporarily not available")),
}

# The code of each exception; the first class that fits counts.
CODES: dict[type[Exception], str] = {
    Http404: "not_found",
    PermissionDenied: "role_too_weak",
    RequestDataTooBig: "too_large",
    SuspiciousOperation: "unreadable",
    exceptions.NotFound: "not_found",
    exceptions.ParseError: "unreadable",
    exceptions.NotAuthenticated: "not_authenticated",
    exceptions.AuthenticationFailed: "not_authenticated",
    exceptions.PermissionDenied: "csrf_failed",
    exceptions.MethodNotAllowed: "method_not_allowed",
    exceptions.UnsupportedMediaType: "media_type",
}


@dataclass(frozen=True)
class FieldError:
    """`field` is a path like `patients[3].phone`, and empty for the request as a whole."""

    field: str
    rule: str
    message: str


class ApiError(exceptions.APIException):
    """A refusal with one of the codes of PROBLEM_TYPES."""

    def __init__(
        self,
        code: str,
        detail: str = "",
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail, code)
        self.code, self.errors = code, tuple(errors)
        self.headers = dict(headers or {})


def exception_handler(exception: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer an expected exception with a problem document, and have its request rolled back.

    DRF calls this for every exception of a view (`EXCEPTION_HANDLER`). None leaves it an error.
    """
    error = to_api_error(exception)
    if error is None:
        return None
    # TenantMiddleware then undoes what was written before the request was refused.
    context["request"]._request.failed = True
    return to_response(error)


def to_api_error(exception: Exception) -> ApiError | None:
    """Return the refusal that this exception means, or None if nobody expected it."""
    if isinstance(exception, ApiError):
        return exception
    if isinstance(exception, disk_space.NoRoomError) or disk_space.is_full(exception):
        return ApiError("no_room")
    if isinstance(exception, ProblemError):
        return ApiError("conflict", str(exception.message))
    if isinstance(exception, exceptions.Throttled):
        return _too_many_requests(exception)
    if isinstance(exception, exceptions.ValidationError):
        return invalid(list(flatten_errors(exception.get_full_details())))
    code = next((code for kind, code in CODES.items() if isinstance(exception, kind)), None)
    return ApiError(code, str(getattr(exception, "detail", ""))) if code else None


def to_document(error: ApiError) -> dict[str, Any]:
    problem_type = PROBLEM_TYPES[error.code]
    document = {
        "type": f"{settings.SITE_URL}/api/docs/#{error.code}",
        "title": str(problem_type.title),
        "status": problem_type.status,
        "detail": str(error.detail or problem_type.title),
        "code": error.code,
    }
    if error.errors:
        document["errors"] = [vars(field_error) for field_error in error.errors]
    return document


def to_response(error: ApiError) -> Response:
    status = PROBLEM_TYPES[error.code].status
    challenge = {"WWW-Authenticate": 'Bearer realm="api"'} if status == UNAUTHORIZED else {}
    return Response(
        to_document(error),
        status=status,
        headers={**challenge, **error.headers},
        content_type=MEDIA_TYPE,
    )


def invalid(errors: Sequence[FieldError]) -> ApiError:
    """Return the refusal of a request that has these errors."""
    fields = ", ".join(dict.fromkeys(error.field for error in errors if error.field))
    detail = (
        _("Check these fields: %(fields)s.") % {"fields": fields} if fields else errors[0].message
    )
    return ApiError("invalid", detail, errors=errors)


def flatten_errors(details: Any, path: str = "") -> Iterator[FieldError]:
    """Turn DRF's nested lists and dicts of errors into one FieldError for each."""
    if isinstance(details, dict) and {"message", "code"} == details.keys():
        yield FieldError(path, str(details["code"]), str(details["message"]))
    elif isinstance(details, dict):
        for name, inner in details.items():
            is_whole = name == api_settings.NON_FIELD_ERRORS_KEY
            yield from flatten_errors(inner, path if is_whole else _join_path(path, name))
    else:
        for index, inner in enumerate(details):
            is_nested = isinstance(inner, dict) and inner.keys() != {"message", "code"}
            yield from flatten_errors(inner, f"{path}[{index}]" if is_nested else path)


def _too_many_requests(exception: exceptions.Throttled) -> ApiError:
    seconds: float | None = exception.wait  # type: ignore[attr-defined]  # unknown to its stubs
    wait = max(1, math.ceil(seconds or 1))
    return ApiError(
        "too_many_requests",
        _("At most %(many)d requests a minute. Try again in %(wait)d s.")
        % {"many": settings.API_RATE, "wait": wait},
        headers={"Retry-After": str(wait)},
    )


def _join_path(path: str, name: Any) -> str:
    step = f"[{name}]" if isinstance(name, int) else str(name)
    return f"{path}.{step}" if path and not step.startswith("[") else f"{path}{step}"
