"""The suppression list. Doctors may look at it, owners add and remove addresses."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import csv_exports
from core.errors import ProblemError
from core.models.base import TenantQuerySet
from core.paging import newest_first, render_partial
from patients import suppressions
from patients.forms.people import AddForm, RemoveForm, SuppressionSearchForm
from patients.models import Suppression
from workspaces.access import Can, member
from workspaces.practices import workspace_time_zone
from workspaces.requests import MemberRequest

SIZE = 50
COLUMNS: list[csv_exports.Column[Suppression]] = [
    (
        gettext_lazy("Phone or e-mail"),
        lambda one: _("erased person") if one.reason == suppressions.ERASED else one.address,
    ),
    (gettext_lazy("Reason"), lambda one: one.get_reason_display()),
    (gettext_lazy("Since"), lambda one: one.at),
    (gettext_lazy("Note"), lambda one: one.note),
    (gettext_lazy("By"), lambda one: one.by),
]


def _search(
    request: MemberRequest,
) -> tuple[SuppressionSearchForm, TenantQuerySet[Suppression], bool]:
    """Return the form, the addresses that it finds, and whether it narrows the list at all."""
    form = SuppressionSearchForm(request.GET)
    filters = form.cleaned_data if form.is_valid() else {}
    typed, reason = filters.get("q", ""), filters.get("reason", "")
    rows = suppressions.matching(request.workspace, typed=typed, reason=reason)
    return form, rows, bool(typed or reason)


@member(Can.SEE_SUPPRESSIONS)
def index(request: MemberRequest) -> HttpResponse:
    form, rows, is_filtered = _search(request)
    context = {
        "form": form,
        "page": newest_first(rows, request, size=SIZE, by="at"),
        "zone": workspace_time_zone(request.workspace),
        "is_filtered": is_filtered,
    }
    return render_partial(request, "patients/suppressions.html", "list", context)


@member(Can.MANAGE_SUPPRESSIONS)
def add(request: MemberRequest) -> HttpResponse:
    form = AddForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = suppressions.add(
                workspace=request.workspace,
                typed=form.cleaned_data["addresses"],
                note=form.cleaned_data["note"],
                by=request.user,
            )
        except ProblemError as problem:
            form.add_error("addresses", problem.message)
        else:
            if added.unreadable:
                context = {"form": _what_is_left(form, added), "added": added}
                return render(request, "patients/suppression_add.html", context)
            messages.success(request, _describe_added(added))
            return redirect("suppressions")
    return render(request, "patients/suppression_add.html", {"form": form})


def _what_is_left(form: AddForm, added: suppressions.Added) -> AddForm:
    """Return the form with the lines that could not be read, to be corrected."""
    left = "\n".join(added.unreadable)
    return AddForm(initial={"addresses": left, "note": form.cleaned_data["note"]})


def _describe_added(added: suppressions.Added) -> str:
    new, known = len(added.new), len(added.known)
    words = ngettext(
        "%(new)s address is on the list now.", "%(new)s addresses are on the list now.", new
    ) % {"new": new}
    if known:
        words += " " + ngettext(
            "%(known)s was there already.", "%(known)s were there already.", known
        ) % {"known": known}
    return words


@member(Can.MANAGE_SUPPRESSIONS)
def remove(request: MemberRequest, suppression: UUID) -> HttpResponse:
    one = get_object_or_404(Suppression.objects.within(request.workspace), pk=suppression)
    if one.reason == suppressions.ERASED:
        suppressions.refuse_erased()
    form = RemoveForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        suppressions.remove(suppression=one, reason=form.cleaned_data["reason"], by=request.user)
        messages.success(request, _("They may be written to again."))
        return redirect("suppressions")
    return render(request, "patients/suppression_remove.html", {"form": form, "suppression": one})


@member(Can.MANAGE_SUPPRESSIONS)
def export(request: MemberRequest) -> StreamingHttpResponse:
    _form, rows, _is_filtered = _search(request)
    return csv_exports.download(
        rows, COLUMNS, name=_("suppressions"), zone=workspace_time_zone(request.workspace)
    )
