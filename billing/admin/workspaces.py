from datetime import date, datetime, time
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from billing import credits
from core.ids import uuid7
from workspaces.admin.base import staff_user
from workspaces.admin.clinics import WorkspaceAdmin
from workspaces.models import Workspace

MAX_CREDITS = 100_000


class GrantForm(forms.Form):
    amount = forms.IntegerField(label=_("Credits"), min_value=1, max_value=MAX_CREDITS)
    note = forms.CharField(label=_("Why"), max_length=200)
    until = forms.DateField(
        label=_("Until"),
        required=False,
        widget=forms.DateInput({"type": "date"}),
        help_text=_("The last day on which they can be spent. Empty: they do not expire."),
    )
    # Created with the page, so that sending the form twice has one cause and grants once.
    grant = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)

    def clean_until(self) -> date | None:
        until: date | None = self.cleaned_data["until"]
        if until and until < timezone.localdate():
            raise forms.ValidationError(_("This day is over."))
        return until

    def expires_at(self) -> datetime | None:
        until: date | None = self.cleaned_data["until"]
        return timezone.make_aware(datetime.combine(until, time.max)) if until else None


admin.site.unregister(Workspace)


@admin.register(Workspace)
class WorkspaceWithCreditsAdmin(WorkspaceAdmin):
    """The admin of workspaces with an action that grants credits."""

    actions = ("grant_credits",)

    @admin.action(description=_("Grant credits"), permissions=["change"])
    def grant_credits(self, request: HttpRequest, queryset: Any) -> TemplateResponse | None:
        form = GrantForm(request.POST if "grant" in request.POST else None)
        if not form.is_valid():
            return self.ask_to_confirm(
                request,
                queryset,
                action="grant_credits",
                question=_("Grant credits"),
                form=form,
            )
        amount, by = form.cleaned_data["amount"], staff_user(request)
        self.run_for_each(
            request,
            queryset,
            lambda workspace: credits.grant_credits(
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
