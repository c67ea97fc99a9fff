from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from campaigns import actions
from campaigns.actions import CampaignDetails
from campaigns.models import Campaign, CampaignTemplate
from workspaces.admin.base import PlatformAdmin, ReadOnlyAdmin, staff_user


class ConfirmForm(forms.Form):
    sure = forms.BooleanField(label=_("Yes, for good. This cannot be undone."))


def submitted_confirmation(request: HttpRequest) -> ConfirmForm:
    """Return the form as it was submitted, or a blank one before the question was shown.

    Choosing an action is a POST, too, so the method does not tell the two apart.
    """
    return ConfirmForm(request.POST if "answered" in request.POST else None)


@admin.register(Campaign)
class CampaignAdmin(PlatformAdmin[Campaign]):
    list_display = (
        "name",
        "workspace",
        "practice",
        "status",
        "scheduled_hours_after",
        "is_ongoing",
        "created",
    )
    list_filter = ("status", "is_ongoing")
    list_select_related = ("workspace", "practice")
    search_fields = ("name", "workspace__name", "practice__name")
    date_hierarchy = "created_at"
    ordering = ("-id",)
    raw_id_fields = ("practice",)
    actions = ("activate", "pause", "complete", "cancel")
    readonly_fields = (
        "id",
        "workspace",
        "created_by",
        "status",
        "activated_at",
        "ended_at",
        "created_at",
    )

    def has_change_permission(self, request: HttpRequest, obj: Campaign | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.is_open)

    def save_model(
        self,
        request: HttpRequest,
        obj: Campaign,
        form: forms.ModelForm[Campaign],
        change: bool,
    ) -> None:
        """Save with the same action as the clinic's own page, which also records it."""
        actions.change_campaign(
            campaign=obj,
            details=CampaignDetails(
                name=obj.name,
                practice=obj.practice,
                description=obj.description,
                scheduled_hours_after=obj.scheduled_hours_after,
                reminder_after_hours=obj.reminder_after_hours,
                is_ongoing=obj.is_ongoing,
            ),
            by=staff_user(request),
        )

    @admin.action(description=_("Activate or resume"), permissions=["change"])
    def activate(self, request: HttpRequest, queryset: Any) -> None:
        self.change_each(request, queryset, actions.activate_campaign, gettext("Activated."))

    @admin.action(description=_("Pause"), permissions=["change"])
    def pause(self, request: HttpRequest, queryset: Any) -> None:
        self.change_each(request, queryset, actions.pause_campaign, gettext("Paused."))

    @admin.action(description=_("Complete"), permissions=["change"])
    def complete(self, request: HttpRequest, queryset: Any) -> TemplateResponse | None:
        form = submitted_confirmation(request)
        if not form.is_valid():
            return self.ask_to_confirm(
                request, queryset, action="complete", question=gettext("Complete"), form=form
            )
        self.change_each(request, queryset, actions.complete_campaign, gettext("Completed."))
        return None

    @admin.action(description=_("Cancel"), permissions=["change"])
    def cancel(self, request: HttpRequest, queryset: Any) -> TemplateResponse | None:
        form = submitted_confirmation(request)
        if not form.is_valid():
            return self.ask_to_confirm(
                request, queryset, action="cancel", question=gettext("Cancel"), form=form
            )
        self.change_each(request, queryset, actions.cancel_campaign, gettext("Cancelled."))
        return None

    def change_each(
        self, request: HttpRequest, campaigns: Any, change: Callable[..., object], done: str
    ) -> None:
        """Call one of the campaign actions for each chosen campaign, in the name of the user."""
        by = staff_user(request)
        self.run_for_each(
            request, campaigns, lambda campaign: change(campaign=campaign, by=by), done
        )


@admin.register(CampaignTemplate)
class CampaignTemplateAdmin(ReadOnlyAdmin[CampaignTemplate]):
    list_display = ("campaign", "template", "workspace")
    list_select_related = ("campaign", "template", "workspace")
    search_fields = ("campaign__name", "template__name", "workspace__name")
    ordering = ("-id",)
