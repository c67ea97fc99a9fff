from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from billing import usage_report
from core.paging import render_partial, wants_partial
from insights import filters as filtering
from insights import periods, reading
from insights.brought.new_reviews import read_new_reviews
from insights.filters import EVERYTHING, By
from insights.home import activity, outlook
from insights.home.comparison import compare_figures
from insights.home.forms import ResultsForm, build_query
from insights.home.hero import read_hero
from insights.home.next_steps import find_first_step, find_next_steps
from insights.home.words import read_newest_words
from insights.periods import Period
from insights.topics.panel import read_panel
from messaging import waiting
from reviews.work import count_work
from workspaces.access import Can, may, member
from workspaces.requests import MemberRequest

COMPARED = 12
# What `periods.parse_period` and `filters.parse_filters` read from an address.
RESULTS_QUERY = {"period", "from", "to", *By}


@member()
def home(request: MemberRequest) -> HttpResponse:
    """One answer, what waits for somebody, and patients' words. Receptionists get their lists."""
    if not may(request.user, Can.SEE_CAMPAIGNS):
        return render(request, "insights/home/reception.html")
    if request.GET.keys() & RESULTS_QUERY:
        # The results were here once, and people have kept links to them.
        return redirect(f"{reverse('results')}?{request.GET.urlencode()}")
    workspace, user = request.workspace, request.user
    today = periods.latest_local_date(workspace)
    hero = read_hero(workspace, visible_to=user, today=today)
    coming = outlook.read_outlook(workspace, visible_to=user)
    is_waiting = hero.has_ratings or hero.asked or coming.asks
    context = {
        "hero": hero,
        "first_step": None if is_waiting else find_first_step(workspace, user),
        "new_reviews": read_new_reviews(
            workspace, Period(today.replace(day=1), today), visible_to=user
        ),
        "has_practices": workspace.practices.count() > 1,
        "steps": list(find_next_steps(workspace, user)) if may(user, Can.MANAGE_WORKSPACE) else [],
        "unhappy": waiting.open_cases(workspace, visible_to=user).count(),
        "waiting": waiting.waiting_conversations(workspace, visible_to=user).count(),
        "reviews": count_work(workspace, user),
        "outlook": coming,
        "days_of_credits": usage_report.estimate_days_left(workspace)
        if may(user, Can.MANAGE_BILLING)
        else None,
        "words": read_newest_words(workspace, visible_to=user),
        "events": activity.recent(workspace, visible_to=user),
    }
    return render(request, "insights/home/home.html", context)


@member(Can.SEE_CAMPAIGNS)
def results(request: MemberRequest) -> HttpResponse:
    """All figures and topics of a period, narrowed by filters. For htmx, the part that changes."""
    results = _read_results(request)
    results["topics"] = read_panel(
        request.workspace, results["period"], results["filters"], visible_to=request.user
    )
    response = render_partial(request, "insights/home/results.html", "results", results)
    if wants_partial(request):
        # The address shows the same results after a reload.
        response["HX-Push-Url"] = f"{request.path}?{results['query']}"
    return response


def _read_results(request: MemberRequest) -> dict[str, Any]:
    workspace, user = request.workspace, request.user
    period = periods.parse_period(request.GET, today=periods.latest_local_date(workspace))
    filters = filtering.parse_filters(request.GET, workspace=workspace, visible_to=user)

    def choices(by: By, groups: list[reading.FigureGroup]) -> list[str]:
        """Return all groups, also those that the current filters exclude."""
        if filters.is_any:
            groups = reading.read_breakdown(workspace, period, EVERYTHING, by=by, visible_to=user)
        return sorted(group.key for group in groups if group.key)

    overview = reading.read_overview(workspace, period, filters, visible_to=user)
    return {
        "period": period,
        "filters": filters,
        "query": build_query(period, filters),
        "form": ResultsForm(
            request.GET.dict() | {"period": period.kind, "doctor": filters.doctor or ""},
            workspace=workspace,
            user=user,
            doctors=choices(By.DOCTOR, overview.doctors),
            kinds=choices(By.APPOINTMENT_TYPE, overview.kinds),
        ),
        "now": overview.now,
        "nps_change": compare_figures(overview.now.nps, overview.before.nps),
        "average_change": compare_figures(
            overview.now.average, overview.before.average, decimals=1
        ),
        "points": overview.points,
        "scope": overview.scope,
        "hours": overview.hours,
        "practices": overview.practices[:COMPARED],
        "doctors": overview.doctors[:COMPARED],
    }
