"""The page of one member: what they may do, and how they leave."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core.errors import ProblemError
from workspaces import member_rights, team
from workspaces.access import Can, member
from workspaces.member_forms import HandoverForm, PermissionsForm
from workspaces.models import User
from workspaces.practices import workspace_time_zone
from workspaces.requests import MemberRequest


def _get_person(request: MemberRequest, user: UUID) -> User:
    return get_object_or_404(User.objects.within(request.workspace), pk=user)


@member(Can.MANAGE_USERS)
def detail(request: MemberRequest, user: UUID) -> HttpResponse:
    person = _get_person(request, user)
    form = PermissionsForm(request.POST or None, member=person)
    if request.method == "POST" and form.is_valid():
        try:
            member_rights.change_permissions(
                workspace=request.workspace,
                member=person,
                chosen=form.chosen(),
                seen=form.cleaned_data["seen"],
                by=request.user,
            )
        except ProblemError as problem:
            # Someone else may have changed them: show what is stored, and not what was chosen.
            messages.error(request, problem.message)
        else:
            messages.success(request, _("What %(name)s may do is saved.") % {"name": person.name})
        return redirect("member", person.pk)
    context = {
        "person": person,
        "form": form,
        "has_differences": member_rights.has_differences(person),
        "zone": workspace_time_zone(request.workspace),
    }
    return render(request, "workspaces/member.html", context)


@member(Can.MANAGE_USERS)
@require_POST
def restore_preset(request: MemberRequest, user: UUID) -> HttpResponse:
    person = _get_person(request, user)
    member_rights.restore_preset(workspace=request.workspace, member=person, by=request.user)
    messages.success(
        request,
        _("%(name)s may do what the role says: %(role)s.")
        % {"name": person.name, "role": person.get_role_display()},
    )
    return redirect("member", person.pk)


@member(Can.MANAGE_USERS)
def suspend(request: MemberRequest, user: UUID) -> HttpResponse:
    person = _get_person(request, user)
    form = HandoverForm(request.POST if request.method == "POST" else None, member=person)
    if request.method == "POST" and form.is_valid():
        try:
            team.suspend_member(
                workspace=request.workspace,
                member=person,
                recipients=form.cleaned_data,
                by=request.user,
            )
        except ProblemError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("%(name)s is suspended.") % {"name": person.name})
            return redirect("member", person.pk)
    context = {"person": person, "form": form}
    return render(request, "workspaces/member_suspend.html", context)


@member(Can.MANAGE_USERS)
@require_POST
def reinstate(request: MemberRequest, user: UUID) -> HttpResponse:
    person = _get_person(request, user)
    team.reinstate_member(workspace=request.workspace, member=person, by=request.user)
    messages.success(request, _("%(name)s can sign in again.") % {"name": person.name})
    return redirect("member", person.pk)


@member(Can.MANAGE_USERS)
def remove(request: MemberRequest, user: UUID) -> HttpResponse:
    person = _get_person(request, user)
    form = HandoverForm(request.POST if request.method == "POST" else None, member=person)
    if request.method == "POST" and form.is_valid():
        team.remove_member(
            workspace=request.workspace,
            member=person,
            recipients=form.cleaned_data,
            by=request.user,
        )
        messages.success(
            request, _("%(name)s no longer belongs to the team.") % {"name": person.name}
        )
        return redirect("team")
    context = {"person": person, "form": form}
    return render(request, "workspaces/member_remove.html", context)
