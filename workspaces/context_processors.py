from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from workspaces import banners, support
from workspaces.access import ROLES, Can
from workspaces.banners import Banner
from workspaces.models import User, Workspace


def access(request: HttpRequest) -> dict[str, Any]:
    """`may.manage_users` in a template asks the same table as the view behind the link."""
    user = getattr(request, "user", None)
    role = user.role if isinstance(user, User) else ""
    rights = ROLES.get(role, frozenset())
    workspace: Workspace | None = getattr(request, "workspace", None)
    told: SimpleLazyObject | list[Banner] = []
    if workspace and Can.MANAGE_BILLING in rights:
        # Lazy, for a part of a page shows none.
        told = SimpleLazyObject(partial(banners.of, workspace))
    return {
        "may": {permission.value: True for permission in rights},
        "workspace": workspace,
        "banners": told,
        "support": SimpleLazyObject(support.contact_ways),
    }
