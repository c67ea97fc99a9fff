"""Campaigns for programs: the same acts as behind the pages."""

from collections.abc import Callable
from typing import Any, ClassVar
from uuid import UUID

from django.forms import model_to_dict
from django_filters import BooleanFilter, ChoiceFilter, FilterSet, UUIDFilter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns import actions
from campaigns.forms import CampaignForm
from campaigns.models import Campaign, CampaignQuerySet, CampaignStatus
from core.api.fields import FlagField, IdField, NumberField, RequestSerializer, TextField, cleaned
from core.api.idempotency import idempotent
from core.api.operations import Operation
from core.api.problems import FieldError
from core.api.views import ListView, OneView, RowsView
from workspaces.access import Can


class CampaignTold(serializers.ModelSerializer[Campaign]):
    """Asks the patients of one practice, some hours after they were seen."""

    practice_id = serializers.UUIDField()
    created_by_id = serializers.UUIDField(allow_null=True, help_text="Who looks after it.")
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


class CampaignBody(RequestSerializer):
    name = TextField(max_length=120)
    practice_id = IdField()
    description = TextField(max_length=300, allow_blank=True, required=False)
    scheduled_hours_after = NumberField(
        min_value=0, max_value=72, required=False, help_text="After the appointment; 2 is usual."
    )
    reminder_after_hours = NumberField(
        min_value=1, max_value=168, required=False, allow_null=True,
        help_text="Null: nobody is reminded.",
    )  # fmt: skip
    is_ongoing = FlagField(
        required=False, help_text="It does not complete by itself after its last patient."
    )


class CampaignFilters(FilterSet):
    status = ChoiceFilter(choices=CampaignStatus.choices)
    practice_id = UUIDFilter()
    is_ongoing = BooleanFilter()


class OfCampaigns(RowsView[Campaign]):
    read_scope = "campaigns:read"
    described_by = CampaignTold
    beside = ("practice",)

    def rows(self) -> CampaignQuerySet:
        return Campaign.objects.within(self.workspace).visible_to(self.user)


class Campaigns(OfCampaigns, ListView[Campaign]):
    filterset_class = CampaignFilters
    operations: ClassVar = {
        "GET": Operation(
            "list_campaigns", "All campaigns, the newest first",
            scope="campaigns:read", permission=Can.SEE_CAMPAIGNS,
            answers=CampaignTold, is_list=True,
        ),
        "POST": Operation(
            "create_campaign", "Create a campaign, as a draft",
            scope="campaigns:write", permission=Can.MANAGE_CAMPAIGNS,
            takes=CampaignBody, answers=CampaignTold, status=201,
        ),
    }  # fmt: skip

    @idempotent
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """Nobody is asked until it is activated."""
        blank = Campaign(
            workspace=self.workspace, reminder_after_hours=self.workspace.reminder_after_hours
        )
        plan = _plan(blank, *self.read(CampaignBody))
        made = actions.create_campaign(plan=plan, by=self.user)
        return self.made(made.pk, at="api_campaign")


class OneCampaign(OfCampaigns, OneView[Campaign]):
    operations: ClassVar = {
        "GET": Operation(
            "get_campaign", "One campaign",
            scope="campaigns:read", permission=Can.SEE_CAMPAIGNS, answers=CampaignTold,
        ),
        "PATCH": Operation(
            "change_campaign", "Change a campaign that has not ended",
            scope="campaigns:write", permission=Can.MANAGE_CAMPAIGNS,
            takes=CampaignBody, answers=CampaignTold, may_conflict=True,
        ),
    }  # fmt: skip

    def patch(self, request: Request, campaign: UUID) -> Response:  # noqa: ARG002
        found = self.found(campaign)
        actions.require_open(found)
        plan = _plan(found, *self.read(CampaignBody, partial=True))
        actions.change_campaign(campaign=found, plan=plan, by=self.user)
        return self.tagged(self.values(campaign))


class CampaignActionView(OfCampaigns):
    """What is done to a campaign: each at an address of its own."""

    act: ClassVar[Callable[..., Campaign]]

    @idempotent
    def post(self, request: Request, campaign: UUID) -> Response:  # noqa: ARG002
        self.body(Nothing)
        type(self).act(campaign=self.found(campaign), by=self.user)
        return self.tagged(self.values(campaign))


class Nothing(RequestSerializer):
    """An act that needs no more than its address."""


def _act(name: str, summary: str) -> dict[str, Operation]:
    return {
        "POST": Operation(
            name, summary,
            scope="campaigns:write", permission=Can.MANAGE_CAMPAIGNS, answers=CampaignTold,
        )
    }  # fmt: skip


class ActivateCampaignView(CampaignActionView):
    act = actions.activate_campaign
    operations: ClassVar = _act("activate_campaign", "Ask its patients from now on")


class PauseCampaignView(CampaignActionView):
    act = actions.pause_campaign
    operations: ClassVar = _act("pause_campaign", "Ask nobody until it is resumed")


class ResumeCampaignView(CampaignActionView):
    act = actions.resume_campaign
    operations: ClassVar = _act("resume_campaign", "Go on after a pause")


class CompleteCampaignView(CampaignActionView):
    act = actions.complete_campaign
    operations: ClassVar = _act("complete_campaign", "End it, with what it reached")


class CancelCampaignView(CampaignActionView):
    act = actions.cancel_campaign
    operations: ClassVar = _act("cancel_campaign", "Stop it for good")


def _plan(
    campaign: Campaign, sent: dict[str, Any], mistakes: list[FieldError]
) -> actions.CampaignDetails:
    """By the rules of the page; what is not sent stays as it is."""
    if "practice_id" in sent:
        sent["practice"] = sent.pop("practice_id")
    form = CampaignForm(model_to_dict(campaign) | sent, instance=campaign)
    cleaned(form, names=[("practice", "practice_id")], besides=mistakes)
    return form.plan()
