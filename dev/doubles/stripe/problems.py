"""Stripe's refusals: a status, and a body that says what kind, why, and which parameter."""

from typing import Any, Self

DOCUMENTED = "https://stripe.com/docs/error-codes/{}"


class RefusedError(Exception):
    def __init__(
        self, status: int, kind: str, message: str, *, code: str = "", param: str = "", **more: Any
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error: dict[str, Any] = {"type": kind, "message": message}
        if code:
            self.error |= {"code": code, "doc_url": DOCUMENTED.format(code.replace("_", "-"))}
        if param:
            self.error["param"] = param
        self.error |= more

    @classmethod
    def invalid(cls, message: str, param: str = "", *, code: str = "") -> Self:
        return cls(400, "invalid_request_error", message, code=code, param=param)

    @classmethod
    def missing(cls, param: str) -> Self:
        return cls.invalid(f"Missing required param: {param}.", param, code="parameter_missing")

    @classmethod
    def unknown(cls, kind: str, wanted: str, param: str) -> Self:
        """404 where the address names it, 400 where a parameter does."""
        return cls(
            404 if param == "id" else 400,
            "invalid_request_error",
            f"No such {kind.replace('.', ' ').replace('_', ' ')}: '{wanted}'",
            code="resource_missing",
            param=param,
        )

    @classmethod
    def declined(cls, reason: str, **more: Any) -> Self:
        return cls(
            402,
            "card_error",
            DECLINES.get(reason, DECLINES["generic_decline"]),
            code="card_declined",
            decline_code=reason,
            **more,
        )

    def body(self) -> dict[str, Any]:
        return {"error": self.error}


DECLINES = {
    "generic_decline": "Your card was declined.",
    "insufficient_funds": "Your card has insufficient funds.",
}

# What can be made to happen on purpose, by status.
TROUBLES: dict[int, tuple[str, str, str]] = {
    409: (
        "idempotency_error",
        "idempotency_key_in_use",
        "There is currently another in-progress request using this Idempotent Key"
        " (that probably means you submitted twice, and the other request is still going through).",
    ),
    429: ("invalid_request_error", "rate_limit", "Too many requests made to the API too quickly."),
    500: ("api_error", "", "An unknown error occurred."),
    503: ("api_error", "", "The service is temporarily unavailable."),
}


def trouble(status: int) -> RefusedError:
    kind, code, message = TROUBLES.get(status, TROUBLES[500])
    return RefusedError(status, kind, message, code=code)


def unauthorized(key: str) -> RefusedError:
    if not key:
        message = (
            "You did not provide an API key. You need to provide your API key in the Authorization"
            " header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."
        )
    else:
        message = f"Invalid API Key provided: {key[:8]}{'*' * 8}{key[-4:]}"
    return RefusedError(401, "invalid_request_error", message)
