import re

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from templates_app import approvals
from templates_app.approved import approved_text_of, variables_of, warnings_about
from templates_app.models import ApprovedText, Template, TemplateVersion
from workspaces.admin.base import PlatformAdmin, ReadOnlyAdmin, SameWorkspaceForm

CONTENT_SID = re.compile(r"HX[0-9a-fA-F]{32}")


class TemplateAdminForm(SameWorkspaceForm[Template]):
    def clean_whatsapp_content_sid(self) -> str:
        sid: str = self.cleaned_data["whatsapp_content_sid"].strip()
        if sid and not CONTENT_SID.fullmatch(sid):
            raise ValidationError(
                gettext("A content SID is HX and 32 digits or letters from a to f.")
            )
        return sid


@admin.register(Template)
class TemplateAdmin(PlatformAdmin[Template]):
    """Clinics write the texts; platform staff register the WhatsApp content."""

    form = TemplateAdminForm
    list_display = ("name", "workspace", "type", "language", "channel", "is_default", "version")
    list_filter = ("type", "language", "channel", "is_default")
    list_select_related = ("workspace",)
    search_fields = ("name", "workspace__name", "=whatsapp_content_sid")
    ordering = ("-id",)
    actions = ("check_approval",)
    fields = (
        "workspace",
        "name",
        "description",
        "whatsapp_content_sid",
        "approved_text",
        "approval",
        "type",
        "language",
        "channel",
        "is_default",
        "subject",
        "content",
        "variables",
        "version",
        "id",
        "created_at",
        "updated_at",
    )
    readonly_fields = tuple(
        name for name in fields if name not in ("name", "description", "whatsapp_content_sid")
    )

    @admin.display(description=_("approved text"))
    def approved_text(self, template: Template) -> str:
        text = approved_text_of(template)
        return text.body if text else ""

    @admin.display(description=_("approval"))
    def approval(self, template: Template) -> str:
        text = approved_text_of(template)
        if text is None:
            return ""
        labels = [str(text.status_label), str(text.error_label)]
        return " · ".join(filter(None, [*labels, *warnings_about(text, variables_of(text, template))]))

    def save_model(
        self, request: HttpRequest, obj: Template, form: forms.ModelForm[Template], change: bool
    ) -> None:
        super().save_model(request, obj, form, change)
        if obj.whatsapp_content_sid and "whatsapp_content_sid" in form.changed_data:
            approvals.request_check(
                workspace_id=obj.workspace_id, content_sid=obj.whatsapp_content_sid
            )

    @admin.action(description=_("Check with WhatsApp"), permissions=["change"])
    def check_approval(self, request: HttpRequest, queryset: QuerySet[Template]) -> None:
        self.run_for_each(
            request,
            queryset.exclude(whatsapp_content_sid=""),
            lambda template: approvals.request_check(
                workspace_id=template.workspace_id, content_sid=template.whatsapp_content_sid
            ),
            done=gettext("Twilio is being asked."),
        )


@admin.register(TemplateVersion)
class TemplateVersionAdmin(ReadOnlyAdmin[TemplateVersion]):
    list_display = ("template", "version", "workspace", "saved_by_name", "created")
    list_select_related = ("template", "workspace")
    search_fields = ("template__name", "workspace__name")
    ordering = ("-id",)


@admin.register(ApprovedText)
class ApprovedTextAdmin(ReadOnlyAdmin[ApprovedText]):
    list_display = ("content_sid", "workspace", "status", "category", "checked_at", "error")
    list_filter = ("status", "category")
    list_select_related = ("workspace",)
    search_fields = ("=content_sid", "workspace__name")
    ordering = ("-id",)
