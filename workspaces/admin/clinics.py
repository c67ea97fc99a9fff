from datetime import date, datetime, time
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from workspaces import credits
from workspaces.admin.base import PlatformAdmin, staff
from workspaces.ids import uuid7
from workspaces.models import Practice, Workspace

MOST_CREDITS = 100_000


class GrantForm(forms.Form):
    amount = forms.IntegerField(label=_("Credits"), min_value=1, max_value=MOST_CREDITS)
    note = forms.CharField(label=_("Why"), max_length=200)
    until = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput({"type": "date"}),
        help_text=_("The last day on which they can be spent. Empty: they do not expire."),
    )
    # Made with the page, so that sending the page twice is the same cause and grants once.
    grant = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)

    def clean_until(self) -> date | None:
        until: date | None = self.cleaned_data["until"]
        if until and until < timezone.localdate():
            raise forms.ValidationError(_("This day is over."))
        return until

    def expires_at(self) -> datetime | None:
        until: date | None = self.cleaned_data["until"]
        return timezone.make_aware(datetime.combine(until, time.max)) if until else None


@admin.register(Workspace)
class WorkspaceAdmin(PlatformAdmin[Workspace]):
    list_display = (
        "name",
        "plan",
        "message_credits",
        "subscription_status",
        "language",
        "made",
    )
    list_filter = ("plan", "subscription_status", "language")
    search_fields = ("name", "=stripe_customer_id", "=stripe_subscription_id")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    readonly_fields = ("id", "message_credits", "created_at", "everything_of_it")
    actions = ("grant_credits",)
    fieldsets = (
        (None, {"fields": ("name", "plan", "message_credits", "everything_of_it")}),
        (
            _("Payment"),
            {
                "fields": (
                    "subscription_status",
                    "current_period_end",
                    "cancel_at_period_end",
                    "past_due_since",
                    "stripe_customer_id",
                    "stripe_subscription_id",
                )
            },
        ),
        (
            _("Asking"),
            {
                "fields": (
                    "language",
                    "ask_again_after_days",
                    "review_invites",
                    "plain_letters",
                    "reminder_after_hours",
                    "sms_fallback",
                    "resend_unknown",
                )
            },
        ),
        (_("Keeping"), {"fields": ("keep_messages_days", "keep_patients_days")}),
        (None, {"fields": ("id", "created_at")}),
    )

    def workspace_id_of(self, obj: Workspace) -> UUID:
        return obj.pk

    @admin.display(description=_("its rows"))
    def everything_of_it(self, workspace: Workspace) -> SafeString:
        """One link a model; nobody lists them by hand, so nothing new is forgotten."""
        models = [
            model
            for model in self.admin_site._registry
            if any(field.attname == "workspace_id" for field in model._meta.concrete_fields)
        ]
        return format_html_join(
            " · ",
            '<a href="{}">{}</a>',
            (
                (rows_of(workspace.pk, f"{m._meta.app_label}_{m._meta.model_name}"), name)
                for m in models
                if (name := m._meta.verbose_name_plural)
            ),
        )

    @admin.action(description=_("Grant credits"), permissions=["change"])
    def grant_credits(self, request: HttpRequest, queryset: Any) -> TemplateResponse | None:
        form = GrantForm(request.POST if "grant" in request.POST else None)
        if not form.is_valid():
            return self.ask(
                request,
                queryset,
                action="grant_credits",
                question=_("Grant credits"),
                form=form,
            )
        amount, by = form.cleaned_data["amount"], staff(request)
        self.act(
            request,
            queryset,
            lambda workspace: credits.grant(
                workspace=workspace,
                amount=amount,
                cause=f"admin:{form.cleaned_data['grant']}",
                by=by,
                note=form.cleaned_data["note"],
                expires_at=form.expires_at(),
            ),
            done=ngettext("%d credit granted.", "%d credits granted.", amount) % amount,
        )
        return None


def rows_of(workspace: UUID, model: str) -> str:
    return f"{reverse(f'admin:{model}_changelist')}?workspace_id={workspace}"


@admin.register(Practice)
class PracticeAdmin(PlatformAdmin[Practice]):
    list_display = ("name", "workspace", "city", "country", "timezone", "has_listing")
    list_filter = ("country",)
    list_select_related = ("workspace",)
    search_fields = ("name", "city", "=google_place_id")
    ordering = ("-id",)
    readonly_fields = ("id", "workspace", "created_at", "updated_at")

    @admin.display(description=_("on Google"), boolean=True)
    def has_listing(self, practice: Practice) -> bool:
        return bool(practice.google_place_id)
