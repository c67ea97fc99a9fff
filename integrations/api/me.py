from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.operations import Operation
from core.api.scopes import all_scopes
from core.api.views import ApiView
from integrations.models import ApiKey
from workspaces.access import ROLES
from workspaces.models import Language, Role, User, Workspace


class PersonTold(serializers.ModelSerializer[User]):
    role = serializers.ChoiceField(choices=Role.choices)
    language = serializers.ChoiceField(choices=["", *Language.values])
    email = serializers.CharField()

    class Meta:
        model = User
        fields = ("id", "name", "email", "role", "language")


class WorkspaceNamed(serializers.ModelSerializer[Workspace]):
    class Meta:
        model = Workspace
        fields = ("id", "name")


SCOPES = list(all_scopes().items())


class KeyTold(serializers.ModelSerializer[ApiKey]):
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=SCOPES))

    class Meta:
        model = ApiKey
        fields = ("id", "name", "prefix", "scopes", "expires_at")


class MeTold(serializers.Serializer[Any]):
    """Who is calling, and what they may."""

    user = PersonTold()
    workspace = WorkspaceNamed()
    key = KeyTold(allow_null=True)
    permissions = serializers.ListField(child=serializers.CharField())


class Me(ApiView):
    operations: ClassVar = {
        "GET": Operation("get_me", "Who calls", answers=MeTold),
    }

    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Good for trying out a key."""
        user = self.user
        return self.tagged(
            {
                "user": _values(user, PersonTold),
                "workspace": _values(self.workspace, WorkspaceNamed),
                "key": _values(self.key, KeyTold) if self.key else None,
                "permissions": sorted(ROLES[user.role]),
            }
        )


def _values(row: Any, described_by: type[serializers.ModelSerializer[Any]]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in described_by.Meta.fields}
