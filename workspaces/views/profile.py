from copy import copy

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _

from core import user_agents
from workspaces import profile
from workspaces.access import member
from workspaces.forms import ProfileForm
from workspaces.practices import workspace_time_zone
from workspaces.requests import MemberRequest

RECENT = 5


@member()
def edit(request: MemberRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=copy(request.user))
    if request.method == "POST" and form.is_valid():
        details = form.details()
        profile.change_profile(workspace=request.workspace, details=details, by=request.user)
        translation.activate(details.language or request.workspace.language)
        messages.success(request, _("Your changes are saved."))
        return redirect("profile")
    sign_ins = [
        {
            "device": user_agents.describe_browser(one.user_agent),
            "address": one.ip,
            "at": one.created_at,
        }
        for one in request.user.usersession_set.order_by("-created_at")[:RECENT]  # type: ignore[attr-defined]  # allauth's
    ]
    context = {"form": form, "sign_ins": sign_ins, "zone": workspace_time_zone(request.workspace)}
    return render(request, "workspaces/profile.html", context)
