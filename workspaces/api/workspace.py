from copy import copy
from typing import Any, ClassVar

from django.forms import model_to_dict
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import FlagField, NumberField, RequestSerializer, TextField, cleaned
from core.api.operations import Operation
from core.api.views import ApiView
from workspaces import clinic_settings, entitlements
from workspaces.access import Can
from workspaces.forms import SettingsForm
from workspaces.models import (
    LONGEST_UNDO_MINUTES,
    SHORTEST_KEPT_DAYS,
    Language,
    Plan,
    ReviewInvites,
    Workspace,
)


class WorkspaceTold(serializers.ModelSerializer[Workspace]):
    """The clinic: its settings, and what it has."""

    plan = serializers.ChoiceField(choices=Plan.choices, help_text="The plan that holds now.")

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


class WorkspaceBody(RequestSerializer):
    name = TextField(max_length=120)
    language = serializers.ChoiceField(choices=Language.choices)
    ask_again_after_days = NumberField(min_value=1, max_value=365)
    undo_minutes = NumberField(
        min_value=0, max_value=LONGEST_UNDO_MINUTES,
        help_text="So long the patients of a new list are not asked, so that it can be taken back.",
    )  # fmt: skip
    review_invites = serializers.ChoiceField(choices=ReviewInvites.choices)
    plain_letters = FlagField()
    reminder_after_hours = NumberField(min_value=1, max_value=168, allow_null=True)
    sms_fallback = FlagField(
        help_text="Whether an SMS goes to a patient whom WhatsApp does not reach."
    )
    resend_unknown = FlagField(
        help_text="Whether a message of which the provider shows no trace goes out once more."
    )
    keep_messages_days = NumberField(min_value=1, max_value=3650)
    keep_patients_days = NumberField(
        min_value=SHORTEST_KEPT_DAYS, max_value=3650,
        help_text="What is older is erased within hours.",
    )  # fmt: skip


class TheWorkspace(ApiView):
    read_scope = "workspace:read"
    operations: ClassVar = {
        "GET": Operation(
            "get_workspace", "The workspace of the key",
            scope="workspace:read", answers=WorkspaceTold,
        ),
        "PATCH": Operation(
            "change_workspace", "Change its settings",
            scope="workspace:write", permission=Can.MANAGE_WORKSPACE,
            takes=WorkspaceBody, answers=WorkspaceTold,
        ),
    }  # fmt: skip

    def get(self, request: Request) -> Response:  # noqa: ARG002
        return self.tagged(_values(self.workspace))

    def patch(self, request: Request) -> Response:  # noqa: ARG002
        held = entitlements.lock_workspace(self.workspace)
        self.must_match(_values(held))
        sent, mistakes = self.read(WorkspaceBody, partial=True)
        values = model_to_dict(held) | sent | {"confirms_loss": True}
        form = SettingsForm(values, instance=copy(held))
        cleaned(form, besides=mistakes)
        changed = clinic_settings.change_settings(
            workspace=held, wishes=form.wishes(), by=self.user
        )
        return self.tagged(_values(changed))


def _values(workspace: Workspace) -> dict[str, Any]:
    stored = {name: getattr(workspace, name) for name in WorkspaceTold.Meta.fields}
    return stored | {"plan": entitlements.limits_of(workspace).plan}
