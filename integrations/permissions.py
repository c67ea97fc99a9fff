"""What a call of the API needs: the scope of its key, and the role of the person behind it."""

from typing import TYPE_CHECKING, cast

from django.utils.translation import gettext as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from core.api.problems import ApiError
from core.errors import RoleTooWeak
from integrations.models import ApiKey
from workspaces.access import Can, may
from workspaces.models import User

# DRF imports this module while it imports its own views.
if TYPE_CHECKING:
    from rest_framework.views import APIView

    from core.api.views import ApiView


class OperationPermission(BasePermission):
    """Checks what the view declares for this method in `operations`."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        user = cast(User, request.user)
        if user.workspace_id is None:
            raise ApiError("not_a_member")
        method = "GET" if request.method == "HEAD" else request.method or ""
        operation = cast("ApiView", view).operations.get(method)
        if operation is None:
            return True  # DRF answers with 405
        key = cast("ApiKey | None", request.auth)
        if operation.scope and key and operation.scope not in key.scopes:
            raise ApiError(
                "scope_missing", _("It needs the scope “%(scope)s”.") % {"scope": operation.scope}
            )
        if operation.permission and not may(user, Can(operation.permission)):
            raise RoleTooWeak(operation.permission)
        return True
