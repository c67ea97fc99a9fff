from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from workspaces import banners, support
from workspaces.access import Can, permissions_of
from workspaces.banners import Banner
from workspaces.models import User, Workspace


def access(request: HttpRequest) -> dict[str, Any]:
    """Add `may`, `workspace`, `banners` and `support`.

    `may.manage_users` in a template reads the same table as `@member(Can.MANAGE_USERS)`.
    """
    user = getattr(request, "user", None)
    rights = permissions_of(user) if isinstance(user, User) else frozenset()
    workspace: Workspace | None = getattr(request, "workspace", None)
    shown: SimpleLazyObject | list[Banner] = []
    if workspace and Can.MANAGE_BILLING in rights:
        # Lazy, because responses to htmx render no banners and need not query for them.
        shown = SimpleLazyObject(partial(banners.list_banners, workspace))
    return {
        "may": {permission.value: True for permission in rights},
        "workspace": workspace,
        "banners": shown,
        "support": SimpleLazyObject(support.contact_ways),
    }
