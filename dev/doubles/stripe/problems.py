"""Stripe's errors: a status, and a body with type, message and parameter."""

from typing import Any, Self


class RefusedError(Exception):
    def __init__(
        self, status: int, kind: str, message: str, *, code: str = "", param: str = ""
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error: dict[str, Any] = {"type": kind, "message": message}
        if code:
            self.error["code"] = code
        if param:
            self.error["param"] = param

    @classmethod
    def invalid(cls, message: str, param: str = "", *, code: str = "") -> Self:
        return cls(400, "invalid_request_error", message, code=code, param=param)

    @classmethod
    def missing(cls, param: str) -> Self:
        return cls.invalid(f"Missing required param: {param}.", param, code="parameter_missing")

    @classmethod
    def unknown(cls, kind: str, wanted: str, param: str) -> Self:
        """Return 404 if the id is in the URL, 400 if it is a parameter."""
        message = f"No such {kind.replace('.', ' ').replace('_', ' ')}: '{wanted}'"
        status = 404 if param == "id" else 400
        return cls(status, "invalid_request_error", message, code="resource_missing", param=param)

    @classmethod
    def declined(cls) -> Self:
        return cls(402, "card_error", "Your card was declined.", code="card_declined")

    @classmethod
    def on_purpose(cls, status: int) -> Self:
        kind = "invalid_request_error" if status < 500 else "api_error"  # noqa: PLR2004
        return cls(status, kind, "This was made to fail by a test.")

    def body(self) -> dict[str, Any]:
        return {"error": self.error}
