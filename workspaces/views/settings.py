from copy import copy

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import networks
from core.origin import client_address
from workspaces import clinic_settings
from workspaces.access import Can, member
from workspaces.forms import SettingsForm
from workspaces.requests import MemberRequest
from workspaces.sign_in import security_settings
from workspaces.sign_in.security_form import SecurityForm
from workspaces.sign_in.security_settings import RefusedSettingError


@member(Can.MANAGE_WORKSPACE)
def edit(request: MemberRequest) -> HttpResponse:
    form = SettingsForm(request.POST or None, instance=copy(request.workspace))
    if request.method == "POST" and form.is_valid():
        clinic_settings.change_settings(
            workspace=request.workspace, details=form.details(), by=request.user
        )
        messages.success(request, _("Your changes are saved."))
        return redirect("workspace_settings")
    return _show(request, form, SecurityForm(instance=copy(request.workspace)))


@member(Can.MANAGE_WORKSPACE)
@require_POST
def edit_security(request: MemberRequest) -> HttpResponse:
    """Save the second form of the page. These settings cannot be changed over the API."""
    form = SecurityForm(request.POST, instance=copy(request.workspace))
    if form.is_valid():
        try:
            security_settings.change_security_settings(
                workspace=request.workspace,
                details=form.details(),
                address=client_address(request),
                by=request.user,
            )
        except RefusedSettingError as refusal:
            form.add_error(refusal.setting, refusal.message)
        else:
            messages.success(request, _("Your changes are saved."))
            return redirect("workspace_settings")
    return _show(request, SettingsForm(instance=copy(request.workspace)), form)


def _show(request: MemberRequest, form: SettingsForm, security: SecurityForm) -> HttpResponse:
    context = {
        "form": form,
        "security": security,
        "present_address": networks.suggest_network(client_address(request)),
        "without_second_step": security_settings.without_second_step(request.workspace),
        "has_second_step": security_settings.has_second_step(request.user),
    }
    return render(request, "workspaces/settings.html", context)
