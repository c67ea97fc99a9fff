from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from workspaces.admin.base import PlatformAdmin, SameWorkspaceForm
from workspaces.models import Entitlement, EntitlementSource


class EntitlementForm(SameWorkspaceForm[Entitlement]):
    class Meta:
        model = Entitlement
        fields = "__all__"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        is_extra = bool(cleaned.get("limit") or cleaned.get("extra"))
        if bool(cleaned.get("plan")) + is_extra + bool(cleaned.get("feature")) != 1:
            self.add_error("plan", _("Choose one: a plan, more of one limit, or a single feature."))
        elif is_extra and not (cleaned.get("limit") and cleaned.get("extra")):
            self.add_error("limit", _("Choose a limit and how many on top of it."))
        starts, ends = cleaned.get("starts_at"), cleaned.get("ends_at")
        if starts and ends and ends <= starts:
            self.add_error("ends_at", _("It ends before it begins."))
        return cleaned


@admin.register(Entitlement)
class EntitlementAdmin(PlatformAdmin[Entitlement]):
    form = EntitlementForm
    allowed_actions = ("add", "change", "delete")
    list_display = (
        "workspace",
        "source",
        "plan",
        "limit",
        "extra",
        "feature",
        "starts_at",
        "ends_at",
    )
    list_filter = ("source", "plan", "limit", "feature")
    list_select_related = ("workspace",)
    search_fields = ("workspace__name", "note")
    autocomplete_fields = ("workspace",)
    ordering = ("-id",)
    readonly_after_add = ("workspace",)
    readonly_fields = ("reference",)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        initial = {"source": EntitlementSource.ADMIN, "starts_at": timezone.now()}
        return initial | super().get_changeform_initial_data(request)
