"""Where the current act comes from, for the audit trail, without handing the request around."""

from contextvars import ContextVar
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest


@dataclass(frozen=True)
class Origin:
    address: str | None = None
    user_agent: str = ""


NOWHERE = Origin()

_origin: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


def current() -> Origin:
    return _origin.get()


def remember(request: HttpRequest) -> None:
    _origin.set(Origin(client_address(request), request.headers.get("User-Agent", "")[:200]))


def client_address(request: HttpRequest) -> str | None:
    """The last address that our own proxy wrote down; what stands before it anyone can claim."""
    forwarded = request.headers.get("X-Forwarded-For") if settings.TRUSTED_PROXY else None
    if forwarded:
        return forwarded.rsplit(",", 1)[-1].strip()
    return request.META.get("REMOTE_ADDR") or None
