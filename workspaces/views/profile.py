from copy import copy
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from core import pictures, user_agents
from core.request_bodies import accepts_body
from workspaces import profile
from workspaces.access import member
from workspaces.branding.public_views import picture_response
from workspaces.forms import ProfileForm
from workspaces.member_forms import OwnPictureForm
from workspaces.models import Picture
from workspaces.practices import workspace_time_zone
from workspaces.requests import MemberRequest

RECENT = 5
# A picture never changes under its address, but only colleagues may see it: no shared cache.
FOR_COLLEAGUES = "private, max-age=31536000, immutable"


@member()
def edit(request: MemberRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=copy(request.user))
    if request.method == "POST" and form.is_valid():
        details = form.details()
        profile.change_profile(workspace=request.workspace, details=details, by=request.user)
        translation.activate(details.language or request.workspace.language)
        messages.success(request, _("Your changes are saved."))
        return redirect("profile")
    return _show(request, form, OwnPictureForm())


@member()
@require_POST
@accepts_body(pictures.MAX_FORM_BYTES)
def save_picture(request: MemberRequest) -> HttpResponse:
    form = OwnPictureForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, ProfileForm(instance=copy(request.user)), form)
    profile.save_own_picture(
        workspace=request.workspace, picture=form.cleaned_data["picture"], by=request.user
    )
    messages.success(request, _("Your colleagues see this picture beside your name."))
    return redirect("profile")


@member()
@require_POST
def remove_picture(request: MemberRequest) -> HttpResponse:
    profile.remove_own_picture(workspace=request.workspace, by=request.user)
    messages.success(request, _("Your picture is removed. Your initials stand in its place."))
    return redirect("profile")


@member()
@require_GET
def show_picture(request: MemberRequest, picture: UUID) -> HttpResponse:
    """Serve a picture of the clinic to its members."""
    found = get_object_or_404(Picture.objects.within(request.workspace), pk=picture)
    return picture_response(found, FOR_COLLEAGUES)


def _show(request: MemberRequest, form: ProfileForm, picture_form: OwnPictureForm) -> HttpResponse:
    sign_ins = [
        {
            "device": user_agents.describe_browser(one.user_agent),
            "address": one.ip,
            "at": one.created_at,
        }
        for one in request.user.usersession_set.order_by("-created_at")[:RECENT]  # type: ignore[attr-defined]  # allauth's
    ]
    context = {
        "form": form,
        "picture_form": picture_form,
        "sign_ins": sign_ins,
        "zone": workspace_time_zone(request.workspace),
    }
    return render(request, "workspaces/profile.html", context)
