from copy import copy

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from workspaces import settings
from workspaces.access import Can, member
from workspaces.forms import SettingsForm
from workspaces.requests import MemberRequest


@member(Can.MANAGE_WORKSPACE)
def edit(request: MemberRequest) -> HttpResponse:
    form = SettingsForm(request.POST or None, instance=copy(request.workspace))
    if request.method == "POST" and form.is_valid():
        settings.change(workspace=request.workspace, wishes=form.wishes(), by=request.user)
        messages.success(request, _("Your changes are saved."))
        return redirect("workspace_settings")
    return render(request, "workspaces/settings.html", {"form": form})
