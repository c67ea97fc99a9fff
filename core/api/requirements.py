"""What a caller needs for one method of a view: a scope of their key, and a permission."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

Handler = TypeVar("Handler", bound=Callable[..., Any])


@dataclass(frozen=True)
class Requirement:
    """What a call needs. `permission` is checked for the person who created the key."""

    scope: str | None = None
    permission: str | None = None


def requires(
    scope: str | None = None, permission: str | None = None
) -> Callable[[Handler], Handler]:
    """Declare what a method of an API view needs. The permission class checks it."""

    def mark(handler: Handler) -> Handler:
        handler.requirement = Requirement(scope, permission)  # type: ignore[attr-defined]
        return handler

    return mark


def find_requirement(view: Any, method: str) -> Requirement | None:
    """Return what this HTTP method of a view (or of its class) needs; None without that method."""
    name = "get" if method == "HEAD" else method.lower()
    requirement: Requirement | None = getattr(getattr(view, name, None), "requirement", None)
    return requirement
