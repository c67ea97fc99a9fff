from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from core.errors import ProblemError
from workspaces import entitlements, practices
from workspaces.access import Can, member
from workspaces.forms import PracticeForm
from workspaces.models import Practice
from workspaces.requests import MemberRequest


@member(Can.SEE_PRACTICES)
def index(request: MemberRequest) -> HttpResponse:
    rows = list(request.workspace.practices.order_by("name"))
    limits = entitlements.limits_of(request.workspace)
    is_full = limits.practices is not None and len(rows) >= limits.practices
    context = {"practices": rows, "limits": limits, "is_full": is_full}
    return render(request, "workspaces/practices.html", context)


@member(Can.MANAGE_PRACTICES)
def new(request: MemberRequest) -> HttpResponse:
    form = PracticeForm(request.POST or None, instance=Practice(workspace=request.workspace))
    if request.method == "POST" and form.is_valid():
        try:
            created = practices.create_practice(
                workspace=request.workspace, details=form.details(), by=request.user
            )
        except ProblemError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("%(name)s was added.") % {"name": created.name})
            return redirect("practices")
    return render(request, "workspaces/practice_form.html", {"form": form})


@member(Can.MANAGE_PRACTICES)
def edit(request: MemberRequest, practice: UUID) -> HttpResponse:
    found = get_object_or_404(request.workspace.practices, pk=practice)
    form = PracticeForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        try:
            practices.change_practice(practice=found, details=form.details(), by=request.user)
        except ProblemError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("Your changes are saved."))
            return redirect("practices")
    context = {"form": form, "practice": found}
    return render(request, "workspaces/practice_form.html", context)


@member(Can.MANAGE_PRACTICES)
def remove(request: MemberRequest, practice: UUID) -> HttpResponse:
    found = get_object_or_404(request.workspace.practices, pk=practice)
    if request.method == "POST":
        practices.remove_practice(practice=found, by=request.user)
        messages.success(request, _("%(name)s was removed.") % {"name": found.name})
        return redirect("practices")
    return render(request, "workspaces/practice_remove.html", {"practice": found})
