from typing import Any

from django.core.exceptions import PermissionDenied


class ProblemError(Exception):
    """An expected failure: what happened and what to do, in the reader's language."""

    status = 409

    def __init__(self, message: Any) -> None:
        super().__init__(message)
        self.message = message


class RoleTooWeak(PermissionDenied):
    def __init__(self, permission: str) -> None:
        super().__init__(permission)
        self.permission = permission
