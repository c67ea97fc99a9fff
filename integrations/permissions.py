"""What a call of the API needs: the scope of its key, and the role of the person behind it."""

from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from core.api.problems import ApiError
from core.api.requirements import find_requirement
from core.errors import RoleTooWeak
from integrations.models import ApiKey
from workspaces.access import Can, may

# DRF imports this module while it imports its own views.
if TYPE_CHECKING:
    from rest_framework.views import APIView


class ScopeAndRolePermission(BasePermission):
    """Checks what the method of the view `requires`."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        if not request.user.is_authenticated:
            return False  # DRF answers with 401
        user = request.user
        if user.workspace_id is None:
            raise ApiError("not_a_member")
        requirement = find_requirement(view, request.method or "")
        if requirement is None:
            return True  # there is no such method: DRF answers with 405
        key = cast("ApiKey | None", request.auth)
        if requirement.scope and key and requirement.scope not in key.scopes:
            raise ApiError(
                "scope_missing", _("It needs the scope “%(scope)s”.") % {"scope": requirement.scope}
            )
        if requirement.permission and not may(user, Can(requirement.permission)):
            raise RoleTooWeak(requirement.permission)
        return True
