"""Which error an answer of Google's is. Its bodies are `{"error": {"status", "message", …}}`."""

import json
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from reviews.google_errors import (
    AccessDenied,
    AccessLost,
    GoogleError,
    GoogleUnavailable,
    LocationUnverified,
    NotFoundAtGoogle,
    OverQuota,
    RequestRefused,
)

# Google counts by the minute.
USUAL_WAIT = 60.0
ERRORS: dict[int, type[GoogleError]] = {
    HTTPStatus.UNAUTHORIZED: AccessLost,
    HTTPStatus.NOT_FOUND: NotFoundAtGoogle,
    HTTPStatus.GONE: NotFoundAtGoogle,
    HTTPStatus.REQUEST_TIMEOUT: GoogleUnavailable,
}


def read_json(body: bytes) -> Any:
    """Return what a body says. Some answers are empty, and those of proxies are pages."""
    try:
        return json.loads(body) if body else {}
    except ValueError:
        return None


def as_error(code: int, answer: object, headers: Mapping[str, str]) -> GoogleError:
    """Return the error of an answer that is no success."""
    error = _error_of(answer)
    status = str(error.get("status", ""))
    message = f"{code} {status} {error.get('message', '')}".strip()
    if code == HTTPStatus.TOO_MANY_REQUESTS:
        wait, is_unapproved = _retry_after(headers), _is_quota_zero(error)
        return OverQuota(message, retry_after=wait, is_unapproved=is_unapproved)
    if code == HTTPStatus.FORBIDDEN:
        reasons = {str(detail.get("reason")) for detail in _details(error)}
        is_scope_missing = "ACCESS_TOKEN_SCOPE_INSUFFICIENT" in reasons
        return AccessDenied(message, is_scope_missing=is_scope_missing)
    if status == "FAILED_PRECONDITION":
        return LocationUnverified(message)
    if code >= HTTPStatus.INTERNAL_SERVER_ERROR or code < HTTPStatus.BAD_REQUEST:
        return GoogleUnavailable(message)
    return ERRORS.get(code, RequestRefused)(message)


def _error_of(answer: object) -> Mapping[str, Any]:
    error = answer.get("error") if isinstance(answer, Mapping) else None
    return error if isinstance(error, Mapping) else {}


def _details(error: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    details = error.get("details")
    for detail in details if isinstance(details, list) else ():
        if isinstance(detail, Mapping):
            yield detail


def _is_quota_zero(error: Mapping[str, Any]) -> bool:
    for detail in _details(error):
        metadata = detail.get("metadata")
        if isinstance(metadata, Mapping) and metadata.get("quota_limit_value") in {"0", 0}:
            return True
    return False


def _retry_after(headers: Mapping[str, str]) -> float:
    try:
        return min(max(float(headers.get("Retry-After", USUAL_WAIT)), 1), 3600)
    except ValueError:
        return USUAL_WAIT
