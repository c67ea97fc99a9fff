from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from workspaces import entitlements, google_listing
from workspaces.admin.base import PlatformAdmin, SameWorkspaceForm, format_short
from workspaces.models import Plan, Practice, Workspace
from workspaces.plans import ORDER


class PlanInForceFilter(admin.SimpleListFilter):
    """Filters by the plan in force, which can come from a payment or a trial."""

    title = _("plan in force")
    parameter_name = "plan_in_force"

    def lookups(
        self, request: HttpRequest, model_admin: admin.ModelAdmin[Any]
    ) -> Iterable[tuple[str, Any]]:
        return Plan.choices

    def queryset(
        self, request: HttpRequest, queryset: QuerySet[Workspace]
    ) -> QuerySet[Workspace] | None:
        plan = self.value()
        if plan not in Plan.values:
            return None
        return queryset.filter(Q(("plan_rank", ORDER.index(Plan(plan)))))


@admin.register(Workspace)
class WorkspaceAdmin(PlatformAdmin[Workspace]):
    list_display = (
        "name",
        "plan_in_force",
        "message_credits",
        "subscription_status",
        "language",
        "created",
    )
    list_filter = (PlanInForceFilter, "subscription_status", "language")
    search_fields = ("name", "=stripe_customer_id", "=stripe_subscription_id")
    date_hierarchy = "created_at"
    ordering = ("-created_at",)
    readonly_fields = ("id", "plan_and_source", "message_credits", "created_at", "everything_of_it")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    "name",
                    "plan_and_source",
                    "plan",
                    "message_credits",
                    "everything_of_it",
                )
            },
        ),
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
                    "undo_minutes",
                    "review_invites",
                    "replies_need_approval",
                    "plain_letters",
                    "reminder_after_hours",
                    "sms_fallback",
                    "resend_unknown",
                )
            },
        ),
        (_("Keeping"), {"fields": ("keep_messages_days", "keep_patients_days")}),
        (
            _("Signing in"),
            {
                "fields": ("idle_minutes", "requires_second_step", "allowed_networks"),
                "description": _(
                    "Empty the addresses for a clinic whose owners locked themselves out."
                ),
            },
        ),
        (None, {"fields": ("id", "created_at")}),
    )

    def workspace_id_of(self, obj: Workspace) -> UUID:
        return obj.pk

    def get_queryset(self, request: HttpRequest) -> QuerySet[Workspace]:
        return entitlements.with_plan_in_force(super().get_queryset(request), now=timezone.now())

    def get_form(
        self,
        request: HttpRequest,
        obj: Workspace | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> type[forms.ModelForm[Workspace]]:
        labels = {"plan": _("Plan agreed by hand")}
        help_texts = {
            "plan": _(
                "What was agreed without Stripe. A paid plan or a trial is an entitlement, and the"
                " larger of the two is in force."
            )
        }
        return super().get_form(
            request, obj, change=change, labels=labels, help_texts=help_texts, **kwargs
        )

    @admin.display(description=_("plan in force"), ordering="plan_rank")
    def plan_in_force(self, workspace: Workspace) -> str:
        return str(ORDER[workspace.plan_rank].label)  # type: ignore[attr-defined]  # annotated

    @admin.display(description=_("plan in force"))
    def plan_and_source(self, workspace: Workspace) -> str:
        limits = entitlements.limits_of(workspace)
        entitlement = limits.given_by
        if entitlement is None:
            return gettext("%(plan)s, as agreed by hand") % {"plan": limits.plan.label}
        values = {"plan": limits.plan.label, "source": entitlement.get_source_display()}
        if entitlement.ends_at is None:
            return gettext("%(plan)s, by: %(source)s") % values
        return gettext("%(plan)s, by: %(source)s, until %(day)s") % (
            values | {"day": format_short(entitlement.ends_at)}
        )

    @admin.display(description=_("its rows"))
    def everything_of_it(self, workspace: Workspace) -> SafeString:
        """Link to the workspace's rows of every model that has a workspace."""
        models = [
            model
            for model in self.admin_site._registry
            if any(field.attname == "workspace_id" for field in model._meta.concrete_fields)
        ]
        return format_html_join(
            " · ",
            '<a href="{}">{}</a>',
            (
                (rows_url(workspace.pk, f"{m._meta.app_label}_{m._meta.model_name}"), name)
                for m in models
                if (name := m._meta.verbose_name_plural)
            ),
        )


def rows_url(workspace: UUID, model: str) -> str:
    return f"{reverse(f'admin:{model}_changelist')}?workspace_id={workspace}"


class PracticeAdminForm(SameWorkspaceForm[Practice]):
    """Accepts any link that Google gives out, as the clinics' own form does."""

    google_place_id = forms.CharField(
        label=_("Google place id"), max_length=google_listing.LONGEST, required=False
    )
    google_review_link = forms.CharField(
        label=_("Google review link"),
        max_length=google_listing.LONGEST,
        required=False,
        help_text=_("Where Google’s own link is all that is known of the listing."),
    )

    def clean_google_place_id(self) -> str:
        listing = google_listing.read_listing(self.cleaned_data["google_place_id"])
        if listing.link:
            raise forms.ValidationError(_("There is no place id in this link: store it as a link."))
        return listing.place_id

    def clean_google_review_link(self) -> str:
        listing = google_listing.read_listing(self.cleaned_data["google_review_link"])
        if listing.place_id:
            raise forms.ValidationError(
                _("Store this by its place id, which is %(place)s.") % {"place": listing.place_id}
            )
        return listing.link


@admin.register(Practice)
class PracticeAdmin(PlatformAdmin[Practice]):
    form = PracticeAdminForm
    list_display = ("name", "workspace", "city", "country", "timezone", "has_listing")
    list_filter = ("country",)
    list_select_related = ("workspace",)
    search_fields = ("name", "city", "=google_place_id", "=google_review_link")
    ordering = ("-id",)
    readonly_fields = ("id", "workspace", "created_at", "updated_at")

    @admin.display(description=_("on Google"), boolean=True)
    def has_listing(self, practice: Practice) -> bool:
        return bool(practice.review_url)
