from copy import copy

from django.forms import model_to_dict
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import (
    RequestSerializer,
    StrictBooleanField,
    StrictCharField,
    StrictIntegerField,
    clean_form,
)
from core.api.requirements import requires
from core.api.serializers import ModelSerializer
from core.api.views import ApiView
from workspaces import clinic_settings, entitlements
from workspaces.access import Can
from workspaces.forms import SettingsForm
from workspaces.models import (
    LONGEST_UNDO_MINUTES,
    MAX_REMINDER_HOURS,
    SHORTEST_KEPT_DAYS,
    Language,
    Plan,
    ReviewInvites,
    Workspace,
)


class WorkspaceSerializer(ModelSerializer[Workspace]):
    """The clinic: its settings, and what it has."""

    plan = serializers.SerializerMethodField(help_text="The current plan.")

    class Meta:
        model = Workspace
        fields = (
            "id",
            "plan",
            "message_credits",
            *clinic_settings.SettingsDetails.__dataclass_fields__,
            "created_at",
            "updated_at",
        )

    @extend_schema_field(serializers.ChoiceField(choices=Plan.choices))
    def get_plan(self, workspace: Workspace) -> str:
        return entitlements.limits_of(workspace).plan


class WorkspaceWriteSerializer(RequestSerializer):
    name = StrictCharField(max_length=120)
    language = serializers.ChoiceField(choices=Language.choices)
    ask_again_after_days = StrictIntegerField(min_value=1, max_value=365)
    undo_minutes = StrictIntegerField(
        min_value=0, max_value=LONGEST_UNDO_MINUTES,
        help_text="Minutes in which a new list can be undone; its patients are asked afterwards.",
    )  # fmt: skip
    review_invites = serializers.ChoiceField(choices=ReviewInvites.choices)
    replies_need_approval = StrictBooleanField(
        help_text="Whether an owner approves what others reply to public reviews."
    )
    plain_letters = StrictBooleanField()
    reminder_after_hours = StrictIntegerField(
        min_value=1, max_value=MAX_REMINDER_HOURS, allow_null=True
    )
    sms_fallback = StrictBooleanField(
        help_text="Whether patients who are not on WhatsApp get an SMS."
    )
    resend_unknown = StrictBooleanField(
        help_text="Whether a message that the provider does not know is sent again."
    )
    keep_messages_days = StrictIntegerField(min_value=1, max_value=3650)
    keep_patients_days = StrictIntegerField(
        min_value=SHORTEST_KEPT_DAYS, max_value=3650,
        help_text="Older data is erased within hours.",
    )  # fmt: skip


class WorkspaceView(ApiView):
    read_scope = "workspace:read"
    serializer_class = WorkspaceSerializer

    @extend_schema(operation_id="get_workspace", summary="The workspace of the key")
    @requires("workspace:read")
    def get(self, request: Request) -> Response:  # noqa: ARG002
        return self.etag_response(self.get_serializer(self.workspace).data)

    @extend_schema(
        operation_id="change_workspace", summary="Change the settings of the workspace",
        request=WorkspaceWriteSerializer,
    )  # fmt: skip
    @requires("workspace:write", Can.MANAGE_WORKSPACE)
    def patch(self, request: Request) -> Response:  # noqa: ARG002
        workspace = entitlements.lock_workspace(self.workspace)
        self.check_if_match(self.get_serializer(workspace).data)
        data, errors = self.read_body(WorkspaceWriteSerializer, partial=True)
        values = model_to_dict(workspace) | data | {"confirms_loss": True}
        form = SettingsForm(values, instance=copy(workspace))
        clean_form(form, known=errors)
        changed = clinic_settings.change_settings(
            workspace=workspace, details=form.details(), by=self.user
        )
        return self.etag_response(self.get_serializer(changed).data)
