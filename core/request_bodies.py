"""How large the body of a request may be, which depends on its view."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from django.urls import Resolver404, resolve

View = TypeVar("View", bound=Callable[..., Any])
Environ = Mapping[str, Any]

# Enough for the form of any page. A view that takes more says so with `accepts_body`.
PAGES = 256 * 1024
# The limit for callers whom we do not know: enough for their forms, and for webhooks.
MAX_ANONYMOUS_BYTES = 512 * 1024
# A batch of 1,000 patients as JSON; settings.DATA_UPLOAD_MAX_MEMORY_SIZE is the same.
API = 5 * 1024**2

# In the environ: why our web server did not read the body. Empty if it did; missing if the request
# came through another server.
REFUSED = "reputation.body_refused"
DIGITS = 15


class RefusedBody(StrEnum):
    """Why a body was not read."""

    TOO_LARGE = "too large"
    UNREADABLE = "unreadable"
    NO_ROOM = "no room"

    @property
    def status(self) -> int:
        return {"too large": 413, "unreadable": 400, "no room": 507}[self.value]


@dataclass(frozen=True)
class BodyLimit:
    max_bytes: int = PAGES
    # The name in the environ of a header without which the view refuses the call unread.
    signature: str = ""

    def refusal(self, environ: Environ) -> RefusedBody | None:
        """Return why the body may not be read, by the length that its headers announce."""
        length = environ.get("CONTENT_LENGTH") or "0"
        if not (length.isascii() and length.isdecimal()) or len(length) > DIGITS:
            return RefusedBody.UNREADABLE
        return RefusedBody.TOO_LARGE if int(length) > self.max_bytes else None

    def lacks_signature(self, environ: Environ) -> bool:
        return bool(self.signature) and not environ.get(self.signature)

    def is_long(self, environ: Environ) -> bool:
        """Return whether the body is, or may be, longer than what is read from unknown callers.

        False for signed calls, whose views have a small limit of their own.
        """
        if self.signature or self.max_bytes <= MAX_ANONYMOUS_BYTES:
            return False
        return int(environ.get("CONTENT_LENGTH") or MAX_ANONYMOUS_BYTES + 1) > MAX_ANONYMOUS_BYTES


DEFAULT = BodyLimit()


def accepts_body(max_bytes: int = PAGES, *, signed_by: str = "") -> Callable[[View], View]:
    """Mark a view with its largest body, and with the header that signs its calls."""
    signature = "HTTP_" + signed_by.upper().replace("-", "_") if signed_by else ""

    def mark(view: View) -> View:
        view.body_limit = BodyLimit(max_bytes, signature)  # type: ignore[attr-defined]
        return view

    return mark


def limit_of(path: str) -> BodyLimit:
    """Return the limit of the view at this address."""
    try:
        view = resolve(path).func
    except Resolver404:
        return DEFAULT
    limit: BodyLimit = getattr(view, "body_limit", DEFAULT)
    return limit


def has_body(environ: Environ) -> bool:
    return environ.get("CONTENT_LENGTH", "0") not in ("", "0") or (
        "HTTP_TRANSFER_ENCODING" in environ
    )
