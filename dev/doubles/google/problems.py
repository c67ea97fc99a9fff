"""Errors with Google's bodies: those of the APIs, and those of OAuth."""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

Json = dict[str, Any]

STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
}
ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"
BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"
PROJECT = "projects/610000000017"


class ApiError(Exception):
    """`{"error": {"code", "message", "status", "details"}}`."""

    def __init__(
        self,
        code: int,
        message: str,
        *,
        status: str = "",
        details: Sequence[Json] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status or STATUSES[code]
        self.details = [*details]

    def body(self) -> Json:
        error: Json = {
            "code": self.code,
            "message": self.message,
            "status": self.status,
        }
        if self.details:
            error["details"] = self.details
        return {"error": error}


class OAuthError(Exception):
    """`{"error", "error_description"}`."""

    def __init__(self, error: str, description: str, *, code: int = 400) -> None:
        super().__init__(description)
        self.code = code
        self.error = error
        self.description = description

    def body(self) -> dict[str, str]:
        return {"error": self.error, "error_description": self.description}


def invalid(field: str, description: str) -> ApiError:
    return ApiError(
        HTTPStatus.BAD_REQUEST,
        "Request contains an invalid argument.",
        details=[
            {
                "@type": BAD_REQUEST,
                "fieldViolations": [{"field": field, "description": description}],
            }
        ],
    )


def not_found() -> ApiError:
    return ApiError(HTTPStatus.NOT_FOUND, "Requested entity was not found.")


def forbidden() -> ApiError:
    return ApiError(HTTPStatus.FORBIDDEN, "The caller does not have permission")


def unverified() -> ApiError:
    # Google documents that these calls need a verified location, but not which error they give.
    return ApiError(
        HTTPStatus.BAD_REQUEST, "Precondition check failed.", status="FAILED_PRECONDITION"
    )


def unauthenticated() -> ApiError:
    return ApiError(
        HTTPStatus.UNAUTHORIZED,
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login"
        " cookie or other valid authentication credential. See"
        " https://developers.google.com/identity/sign-in/web/devconsole-project.",
    )


def insufficient_scope(service: str) -> ApiError:
    return ApiError(
        HTTPStatus.FORBIDDEN,
        "Request had insufficient authentication scopes.",
        details=[
            {
                "@type": ERROR_INFO,
                "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT",
                "domain": "googleapis.com",
                "metadata": {"service": service},
            }
        ],
    )


def quota_exceeded(service: str, limit: int, *, per: str = "minute per project") -> ApiError:
    """Return the error of a used-up quota, or of one that is 0 until Google approves a project."""
    return ApiError(
        HTTPStatus.TOO_MANY_REQUESTS,
        f"Quota exceeded for quota metric 'Requests' and limit 'Requests per {per}' of service"
        f" '{service}' for consumer 'project_number:{PROJECT.rpartition('/')[2]}'.",
        details=[
            {
                "@type": ERROR_INFO,
                "reason": "RATE_LIMIT_EXCEEDED",
                "domain": "googleapis.com",
                "metadata": {
                    "service": service,
                    "consumer": PROJECT,
                    "quota_metric": f"{service}/default_requests",
                    "quota_limit": "DefaultRequestsPerMinutePerProject",
                    "quota_limit_value": str(limit),
                    "quota_location": "global",
                },
            },
            {
                "@type": "type.googleapis.com/google.rpc.Help",
                "links": [
                    {
                        "description": "Request a higher quota limit.",
                        "url": "https://cloud.google.com/docs/quotas/help/request_increase",
                    }
                ],
            },
        ],
    )


def by_code(code: int, service: str, quota: int) -> ApiError:
    """Return the error of a fault."""
    if code == HTTPStatus.TOO_MANY_REQUESTS:
        return quota_exceeded(service, quota)
    if code == HTTPStatus.FORBIDDEN:
        return forbidden()
    if code == HTTPStatus.SERVICE_UNAVAILABLE:
        return ApiError(code, "The service is currently unavailable.")
    return ApiError(code, "Internal error encountered.")
