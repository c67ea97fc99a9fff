from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers

from billing import usage_report
from core.paging import render_partial, wants_partial
from insights import filters as filtering
from insights import periods, reading
from insights.filters import EVERYTHING, By, Filters
from insights.home import activity, outlook
from insights.home.comparison import compare_figures
from insights.home.forms import ResultsForm, build_query
from insights.home.next_steps import find_next_steps
from insights.periods import Period
from insights.scope import Scope
from insights.topics.panel import read_panel
from messaging.error_codes import meaning_of
from messaging.models import Conversation, Feedback, RecoveryStatus
from workspaces.access import Can, may, member
from workspaces.requests import MemberRequest

COMPARED = 12


@member()
def home(request: MemberRequest) -> HttpResponse:
    """Show the results to members who see campaigns, and a short page to receptionists."""
    if not may(request.user, Can.SEE_CAMPAIGNS):
        return render(request, "insights/home/reception.html")
    is_owner = may(request.user, Can.MANAGE_WORKSPACE)
    results = _read_results(request)
    if wants_partial(request):
        return _render_results(request, results)
    context = results | {
        "steps": list(find_next_steps(request.workspace)) if is_owner else [],
        "unhappy": Feedback.objects.within(request.workspace)
        .visible_to(request.user)
        .exclude(status=RecoveryStatus.RESOLVED)
        .count(),
        "waiting": Conversation.objects.within(request.workspace)
        .visible_to(request.user)
        .filter(waiting_since__isnull=False)
        .count(),
        "events": activity.recent(request.workspace, visible_to=request.user),
        "outlook": outlook.read_outlook(request.workspace, visible_to=request.user),
        "days_of_credits": usage_report.estimate_days_left(request.workspace)
        if may(request.user, Can.MANAGE_BILLING)
        else None,
    }
    response = render(request, "insights/home/home.html", context)
    # The same URL answers htmx with a part. Without this, a browser shows the cached part as page.
    patch_vary_headers(response, ["HX-Request"])
    return response


@member(Can.SEE_CAMPAIGNS)
def results(request: MemberRequest) -> HttpResponse:
    """The results without the rest of the home page, for printing. It has the topics at once."""
    results = _read_results(request)
    results["topics"] = read_panel(
        request.workspace, results["period"], results["filters"], visible_to=request.user
    )
    return _render_results(request, results)


@member(Can.SEE_CAMPAIGNS)
def campaign_results(request: MemberRequest, campaign: UUID) -> HttpResponse:
    """The results panel of the campaign page. The campaigns app cannot import messages."""
    shown = get_object_or_404(
        filtering.campaigns(request.workspace, visible_to=request.user), pk=campaign
    )
    today = periods.latest_local_date(request.workspace)
    period = Period(shown.created_at.date() - timedelta(days=1), today)
    filters = Filters(campaign=shown.pk)
    points = reading.read_series(request.workspace, period, filters, visible_to=request.user)
    context = {
        "campaign": shown,
        "now": reading.read_figures(request.workspace, period, filters, visible_to=request.user),
        "points": points,
        "scope": Scope(period, filters),
        "failures": [
            (meaning_of(failure.code).explanation, failure.count)
            for failure in reading.read_failures(
                request.workspace, period, filters, visible_to=request.user
            )
        ],
        "outlook": outlook.read_outlook(request.workspace, visible_to=request.user, campaign=shown),
    }
    return render(request, "insights/home/campaign.html", context)


def _render_results(request: MemberRequest, results: dict[str, Any]) -> HttpResponse:
    """Render the results. For htmx, push the URL that shows the same results after a reload."""
    response = render_partial(request, "insights/home/results.html", "results", results)
    if wants_partial(request):
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
            request.GET.dict() | {"period": period.kind},
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
