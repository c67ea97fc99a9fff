from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core import csv_exports
from core.errors import ProblemError
from workspaces import entitlements, team
from workspaces.access import Can, member
from workspaces.forms import InviteForm, RoleForm
from workspaces.models import Role, User
from workspaces.permission_labels import describe_permissions
from workspaces.practices import workspace_time_zone
from workspaces.requests import MemberRequest

COLUMNS: list[csv_exports.Column[User]] = [
    (gettext_lazy("Name"), lambda user: user.name),
    (gettext_lazy("E-mail"), lambda user: user.email),
    (gettext_lazy("Role"), lambda user: user.get_role_display()),
    (gettext_lazy("Also allowed"), lambda user: describe_permissions(user.granted)),
    (gettext_lazy("Not allowed"), lambda user: describe_permissions(user.withheld)),
    (gettext_lazy("Suspended"), lambda user: user.suspended_at),
    (gettext_lazy("Last login"), lambda user: user.last_login),
]


@member(Can.MANAGE_USERS)
def index(request: MemberRequest) -> HttpResponseBase:
    if csv_exports.is_csv_wanted(request):
        return csv_exports.download(
            User.objects.within(request.workspace),
            COLUMNS,
            name=_("team"),
            zone=workspace_time_zone(request.workspace),
        )
    limits = entitlements.limits_of(request.workspace)
    taken = entitlements.seats_taken(request.workspace)
    context = {
        # Suspended members last: they are the ones that nobody looks for every day.
        "members": User.objects.within(request.workspace).order_by("-is_active", "name"),
        "invitations": request.workspace.invitations.open(timezone.now()).order_by("expires_at"),
        "taken": taken,
        "limits": limits,
        "is_full": limits.users is not None and taken >= limits.users,
        "zone": workspace_time_zone(request.workspace),
    }
    return render(request, "workspaces/team.html", context)


@member(Can.MANAGE_USERS)
def invite(request: MemberRequest) -> HttpResponse:
    form = InviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        email, role = form.cleaned_data["email"], Role(form.cleaned_data["role"])
        try:
            team.invite_member(workspace=request.workspace, email=email, role=role, by=request.user)
        except ProblemError as problem:
            form.add_error("email", problem.message)
        else:
            messages.success(
                request,
                _(
                    "%(email)s is invited. If no e-mail arrives within minutes, withdraw the"
                    " invitation and invite again."
                )
                % {"email": email},
            )
            return redirect("team")
    return render(request, "workspaces/invite.html", {"form": form, "life": team.INVITATION_LIFE})


@member(Can.MANAGE_USERS)
@require_POST
def withdraw(request: MemberRequest, invitation: UUID) -> HttpResponse:
    found = get_object_or_404(request.workspace.invitations, pk=invitation)
    team.withdraw_invitation(invitation=found, by=request.user)
    messages.success(
        request, _("The invitation of %(email)s is withdrawn.") % {"email": found.email}
    )
    return redirect("team")


@member(Can.MANAGE_USERS)
def change_role(request: MemberRequest, user: UUID) -> HttpResponse:
    found = get_object_or_404(User.objects.within(request.workspace), pk=user)
    form = RoleForm(request.POST or None, initial={"role": found.role})
    if request.method == "POST" and form.is_valid():
        role = Role(form.cleaned_data["role"])
        try:
            team.change_role(workspace=request.workspace, member=found, role=role, by=request.user)
        except ProblemError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(
                request, _("%(name)s is now: %(role)s.") % {"name": found.name, "role": role.label}
            )
            return redirect("member", found.pk)
    return render(request, "workspaces/member_role.html", {"form": form, "person": found})
