from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from core import csv_exports
from core.errors import ProblemError
from core.paging import newest_first, render_partial, wants_partial
from insights import reading
from insights.filters import EVERYTHING, By
from insights.models import SavedView
from insights.ratings import saved_views
from insights.ratings.counts import count_visits
from insights.ratings.files import COLUMNS
from insights.ratings.forms import RatingsForm, RenameViewForm, SaveViewForm
from insights.ratings.hours import describe_hours
from insights.ratings.search import RatingSearch, Shown, parse_search
from insights.ratings.visits import find_visits, list_visits, with_rows
from workspaces.access import Can, member
from workspaces.practices import workspace_time_zone
from workspaces.requests import MemberRequest

PAGE_SIZE = 25


@member(Can.SEE_CAMPAIGNS)
def index(request: MemberRequest) -> HttpResponseBase:
    """All ratings and comments, or the visits behind another figure, with the same filters."""
    workspace, user = request.workspace, request.user
    search = parse_search(request.GET, workspace=workspace, visible_to=user)
    visits = with_rows(find_visits(workspace, search, visible_to=user))
    if csv_exports.is_csv_wanted(request):
        _refuse_guesses(search)
        return csv_exports.download(
            visits, COLUMNS, name=_("ratings"), zone=workspace_time_zone(workspace)
        )
    page = newest_first(visits, request, size=PAGE_SIZE, by="asked_at")
    context = _filters_context(request, search) | {
        "counts": count_visits(workspace, search, visible_to=user),
        "has_asked": bool(page.rows) or workspace.messages.exists(),
        "page": page,
        "visits": list_visits(page.rows, visible_to=user),
    }
    response = render_partial(request, "insights/ratings/ratings.html", "list", context)
    if wants_partial(request) and not (request.GET.get("before") or request.GET.get("after")):
        # The address shows the same list after a reload.
        response["HX-Push-Url"] = f"{request.path}?{search.query}"
    return response


@member(Can.SEE_CAMPAIGNS)
def comments(request: MemberRequest) -> HttpResponse:
    """Redirect links to the page of comments, which this list has replaced."""
    query = request.GET.copy()
    if query.get("shown") != Shown.RATINGS:
        query["shown"] = Shown.WORDS.value
    search = parse_search(query, workspace=request.workspace, visible_to=request.user)
    return redirect(f"{reverse('ratings')}?{search.query}")


@member(Can.SEE_CAMPAIGNS)
def views(request: MemberRequest) -> HttpResponse:
    """The saved views, and the form that saves another one."""
    form = _save_form(request, request.POST or None, query=request.GET.urlencode())
    if request.method == "POST" and form.is_valid():
        view = saved_views.save_view(
            workspace=request.workspace,
            name=form.cleaned_data["name"],
            query=form.cleaned_data["query"],
            owner=form.owner,
            by=request.user,
        )
        messages.success(request, _("“%(name)s” is saved.") % {"name": view.name})
        return redirect(f"{reverse('ratings')}?{view.query}&view={view.pk}")
    found = SavedView.objects.within(request.workspace).visible_to(request.user)
    context = {
        "form": form if form.is_bound else None,
        "views": [(view, saved_views.may_change(view, request.user)) for view in found],
    }
    return render(request, "insights/ratings/views.html", context)


@member(Can.SEE_CAMPAIGNS)
def view(request: MemberRequest, savedview: UUID) -> HttpResponse:
    found = saved_views.get_view_to_change(request.workspace, savedview, by=request.user)
    form = RenameViewForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        saved_views.rename_view(view=found, name=form.cleaned_data["name"], by=request.user)
        messages.success(request, _("Your changes are saved."))
        return redirect("saved_views")
    return render(request, "insights/ratings/view.html", {"form": form, "view": found})


@member(Can.SEE_CAMPAIGNS)
def remove_view(request: MemberRequest, savedview: UUID) -> HttpResponse:
    found = saved_views.get_view_to_change(request.workspace, savedview, by=request.user)
    if request.method == "POST":
        saved_views.remove_view(view=found, by=request.user)
        messages.success(request, _("“%(name)s” is removed.") % {"name": found.name})
        return redirect("saved_views")
    return render(request, "insights/ratings/view_remove.html", {"view": found})


def _refuse_guesses(search: RatingSearch) -> None:
    if search.shown is Shown.LIKELY:
        raise ProblemError(_("Who probably wrote a review is a guess, so there is no file of it."))


def _filters_context(request: MemberRequest, search: RatingSearch) -> dict[str, Any]:
    choices = partial(
        reading.read_group_keys, request.workspace, search.period, visible_to=request.user
    )

    saved = list(SavedView.objects.within(request.workspace).visible_to(request.user))
    return {
        "search": search,
        "period": search.period,
        "filters": search.filters,
        "is_narrowed": search != RatingSearch(search.period, EVERYTHING),
        "hours": describe_hours(search),
        "without_hours": replace(search, weekday=None, hour=None),
        "has_guesses": search.shown is Shown.LIKELY,
        "form": RatingsForm(
            QueryDict(search.query),
            workspace=request.workspace,
            user=request.user,
            doctors=choices(By.DOCTOR),
            kinds=choices(By.APPOINTMENT_TYPE),
        ),
        "views": saved,
        "view": next((one for one in saved if str(one.pk) == request.GET.get("view")), None),
        "save_form": _save_form(request, query=search.query),
    }


def _save_form(
    request: MemberRequest, data: QueryDict | None = None, *, query: str
) -> SaveViewForm:
    return SaveViewForm(
        data, workspace=request.workspace, by=request.user, initial={"query": query}
    )
