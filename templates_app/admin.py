import re

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from templates_app import approvals
from templates_app.approved import approved_text_of, variables_of, warnings_about
from templates_app.models import ApprovalRequest, ApprovedText, Template, TemplateVersion
from templates_app.whatsapp import requests as approval_requests
from templates_app.whatsapp.requests import SubmissionChoices
from templates_app.whatsapp.wording_rules import advised_category
from workspaces.admin.base import PlatformAdmin, ReadOnlyAdmin, SameWorkspaceForm, staff_user

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
    actions = ("check_approval", "submit_to_meta")
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
        return " · ".join(
            filter(None, [*labels, *warnings_about(text, variables_of(text, template))])
        )

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

    @admin.action(description=_("Submit to Meta"), permissions=["change"])
    def submit_to_meta(self, request: HttpRequest, queryset: QuerySet[Template]) -> None:
        """Submit the platform's own texts. A clinic with the same words gets the same template."""
        by = staff_user(request)
        self.run_for_each(
            request,
            queryset,
            lambda template: approval_requests.request_approval(
                template=template,
                by=by,
                choices=SubmissionChoices(advised_category(template), with_buttons=True),
            ),
            done=gettext("On its way to Meta."),
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


class DeclineForm(forms.Form):
    declined = forms.CharField(widget=forms.HiddenInput, initial="yes", required=False)
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("The clinic reads it beside its text.")
    )


@admin.register(ApprovalRequest)
class ApprovalRequestAdmin(ReadOnlyAdmin[ApprovalRequest]):
    """Texts on their way to Meta. Those on the shared number wait here to be read."""

    allowed_actions = ("change",)
    actions = ("release", "decline")
    list_display = ("name", "workspace", "state", "category", "requested_by", "created", "error")
    list_filter = ("state", "category", "language")
    list_select_related = ("workspace",)
    search_fields = ("name", "workspace__name", "=approved_text__content_sid")
    ordering = ("-id",)

    @admin.action(description=_("Submit to Meta"), permissions=["change"])
    def release(self, request: HttpRequest, queryset: QuerySet[ApprovalRequest]) -> None:
        by = staff_user(request)
        self.run_for_each(
            request,
            queryset,
            lambda row: approval_requests.release_request(request=row, by=by),
            done=gettext("On its way to Meta."),
        )

    @admin.action(description=_("Do not submit"), permissions=["change"])
    def decline(
        self, request: HttpRequest, queryset: QuerySet[ApprovalRequest]
    ) -> TemplateResponse | None:
        form = DeclineForm(request.POST if "declined" in request.POST else None)
        if not form.is_valid():
            return self.ask_to_confirm(
                request, queryset, action="decline", question=gettext("Do not submit"), form=form
            )
        by, reason = staff_user(request), form.cleaned_data["reason"]
        self.run_for_each(
            request,
            queryset,
            lambda row: approval_requests.decline_request(request=row, reason=reason, by=by),
            done=gettext("Not submitted."),
        )
        return None
