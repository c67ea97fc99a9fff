"""Campaigns for programs: the same actions as behind the pages."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.forms import model_to_dict
from django_filters import BooleanFilter, ChoiceFilter, FilterSet, UUIDFilter
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns import actions
from campaigns.forms import CampaignForm
from campaigns.models import Campaign, CampaignQuerySet, CampaignStatus
from campaigns.timing import MAX_DELAY_HOURS
from core.api.fields import (
    EmptySerializer,
    RequestSerializer,
    StrictBooleanField,
    StrictCharField,
    StrictIntegerField,
    StrictUUIDField,
    clean_form,
)
from core.api.idempotency import idempotent
from core.api.problems import FieldError
from core.api.requirements import requires
from core.api.serializers import ModelSerializer
from core.api.views import ApiView, DetailView, ListView
from workspaces.access import Can
from workspaces.models import MAX_REMINDER_HOURS


class CampaignSerializer(ModelSerializer[Campaign]):
    """Asks the patients of one practice, some hours after they were seen."""

    practice_id = serializers.UUIDField()
    created_by_id = serializers.UUIDField(
        allow_null=True, help_text="The person in charge of the campaign."
    )
    status = serializers.ChoiceField(choices=CampaignStatus.choices)

    class Meta:
        model = Campaign
        fields = (
            "id",
            "name",
            "description",
            "status",
            "practice_id",
            "created_by_id",
            "scheduled_hours_after",
            "reminder_after_hours",
            "is_ongoing",
            "activated_at",
            "ended_at",
            "created_at",
            "updated_at",
        )


class CampaignWriteSerializer(RequestSerializer):
    name = StrictCharField(max_length=120)
    practice_id = StrictUUIDField()
    description = StrictCharField(max_length=300, allow_blank=True, required=False)
    scheduled_hours_after = StrictIntegerField(
        min_value=0, max_value=MAX_DELAY_HOURS, required=False,
        help_text="Hours after the appointment; usually 2.",
    )  # fmt: skip
    reminder_after_hours = StrictIntegerField(
        min_value=1, max_value=MAX_REMINDER_HOURS, required=False, allow_null=True,
        help_text="Null: no reminders.",
    )  # fmt: skip
    is_ongoing = StrictBooleanField(
        required=False, help_text="It does not complete after its last patient."
    )


class CampaignFilterSet(FilterSet):
    status = ChoiceFilter(choices=CampaignStatus.choices)
    practice_id = UUIDFilter()
    is_ongoing = BooleanFilter()


class CampaignBaseView(ApiView):
    read_scope = "campaigns:read"
    serializer_class = CampaignSerializer
    lookup_url_kwarg = "campaign"

    def get_queryset(self) -> CampaignQuerySet:
        return Campaign.objects.within(self.workspace).visible_to(self.user)


class CampaignListView(CampaignBaseView, ListView):
    filterset_class = CampaignFilterSet

    @extend_schema(operation_id="list_campaigns", summary="All campaigns, the newest first")
    @requires("campaigns:read", Can.SEE_CAMPAIGNS)
    def get(self, request: Request) -> Response:
        return self.list(request)

    @extend_schema(
        operation_id="create_campaign", summary="Create a campaign, as a draft",
        request=CampaignWriteSerializer, responses={201: CampaignSerializer},
    )  # fmt: skip
    @requires("campaigns:write", Can.MANAGE_CAMPAIGNS)
    @idempotent
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """Its patients are not asked until it is activated."""
        blank = Campaign(
            workspace=self.workspace, reminder_after_hours=self.workspace.reminder_after_hours
        )
        data, errors = self.read_body(CampaignWriteSerializer)
        details = _clean_details(blank, data, errors)
        campaign = actions.create_campaign(details=details, by=self.user)
        return self.created_response(campaign.pk, url_name="api_campaign")


class CampaignDetailView(CampaignBaseView, DetailView):
    @extend_schema(operation_id="get_campaign", summary="One campaign")
    @requires("campaigns:read", Can.SEE_CAMPAIGNS)
    def get(self, request: Request, campaign: UUID) -> Response:  # noqa: ARG002
        return self.retrieve(request)

    @extend_schema(
        operation_id="change_campaign", summary="Change a campaign that has not ended",
        request=CampaignWriteSerializer,
    )  # fmt: skip
    @requires("campaigns:write", Can.MANAGE_CAMPAIGNS)
    def patch(self, request: Request, campaign: UUID) -> Response:  # noqa: ARG002
        row = self.get_object_for_update()
        actions.require_open(row)
        data, errors = self.read_body(CampaignWriteSerializer, partial=True)
        details = _clean_details(row, data, errors)
        actions.change_campaign(campaign=row, details=details, by=self.user)
        return self.object_response(campaign)


class CampaignActionView(CampaignBaseView):
    """Does something with a campaign. Each action has an address of its own."""

    action: ClassVar[Callable[..., Campaign]]

    @requires("campaigns:write", Can.MANAGE_CAMPAIGNS)
    @idempotent
    def post(self, request: Request, campaign: UUID) -> Response:  # noqa: ARG002
        self.valid_body(EmptySerializer)
        type(self).action(campaign=self.get_object_for_update(), by=self.user)
        return self.object_response(campaign)


def _describe(operation_id: str, summary: str) -> Callable[[type[ApiView]], type[ApiView]]:
    return extend_schema_view(
        post=extend_schema(operation_id=operation_id, summary=summary, request=None)
    )


@_describe("activate_campaign", "Start asking its patients")
class ActivateCampaignView(CampaignActionView):
    action = actions.activate_campaign


@_describe("pause_campaign", "Pause a campaign")
class PauseCampaignView(CampaignActionView):
    action = actions.pause_campaign


@_describe("resume_campaign", "Resume a paused campaign")
class ResumeCampaignView(CampaignActionView):
    action = actions.resume_campaign


@_describe("complete_campaign", "Complete a campaign")
class CompleteCampaignView(CampaignActionView):
    action = actions.complete_campaign


@_describe("cancel_campaign", "Cancel a campaign for good")
class CancelCampaignView(CampaignActionView):
    action = actions.cancel_campaign


def _clean_details(
    campaign: Campaign, data: dict[str, Any], errors: list[FieldError]
) -> actions.CampaignDetails:
    """Apply the rules of the page. A field that was not sent keeps its value."""
    if "practice_id" in data:
        data["practice"] = data.pop("practice_id")
    form = CampaignForm(model_to_dict(campaign) | data, instance=campaign)
    clean_form(form, field_names=[("practice", "practice_id")], known=errors)
    return form.details()
