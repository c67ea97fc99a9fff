from typing import Any

from django.http import HttpRequest

from workspaces.access import ROLES
from workspaces.models import User


def access(request: HttpRequest) -> dict[str, Any]:
    """`may.manage_users` in a template asks the same table as the view behind the link."""
    user = getattr(request, "user", None)
    role = user.role if isinstance(user, User) else ""
    return {
        "may": {permission.value: True for permission in ROLES.get(role, frozenset())},
        "workspace": getattr(request, "workspace", None),
    }
