from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.requirements import requires
from core.api.scopes import all_scopes
from core.api.serializers import ModelSerializer
from core.api.views import ApiView
from integrations.models import ApiKey
from workspaces.access import permissions_of
from workspaces.models import Language, Role, User, Workspace

SCOPES = list(all_scopes().items())


class PersonSerializer(ModelSerializer[User]):
    role = serializers.ChoiceField(choices=Role.choices)
    language = serializers.ChoiceField(choices=["", *Language.values])
    email = serializers.CharField()

    class Meta:
        model = User
        fields = ("id", "name", "email", "role", "language")


class WorkspaceNameSerializer(ModelSerializer[Workspace]):
    class Meta:
        model = Workspace
        fields = ("id", "name")


class ApiKeySerializer(ModelSerializer[ApiKey]):
    scopes = serializers.ListField(child=serializers.ChoiceField(choices=SCOPES))

    class Meta:
        model = ApiKey
        fields = ("id", "name", "prefix", "scopes", "expires_at")


class MeSerializer(serializers.Serializer[Any]):
    """Who is calling, and what they may."""

    user = PersonSerializer()
    workspace = WorkspaceNameSerializer()
    key = ApiKeySerializer(allow_null=True)
    permissions = serializers.ListField(child=serializers.CharField())


class MeView(ApiView):
    serializer_class = MeSerializer

    @extend_schema(operation_id="get_me", summary="Who calls")
    @requires()
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """The person, the workspace and the scopes of the key."""
        caller = {
            "user": self.user,
            "workspace": self.workspace,
            "key": self.key,
            "permissions": sorted(permissions_of(self.user)),
        }
        return self.etag_response(self.get_serializer(caller).data)
