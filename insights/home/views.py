from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers

from billing import spending
from core.paging import render_partial, wants_partial
from insights import filters as choosing
from insights import periods, reading
from insights.filters import EVERYTHING, By, Filters
from insights.home import activity, outlook
from insights.home.comparison import compare_figures
from insights.home.forms import ResultsForm, address_of
from insights.home.next_steps import next_steps
from insights.periods import Period
from messaging.error_codes import meaning_of
from messaging.models import Conversation, Feedback, RecoveryStatus
from workspaces.access import Can, may, member
from workspaces.requests import MemberRequest

COMPARED = 12


@member()
def home(request: MemberRequest) -> HttpResponse:
    """Reception uploads; whoever runs campaigns sees what came of them."""
    if not may(request.user, Can.SEE_CAMPAIGNS):
        return render(request, "insights/home/reception.html")
    is_owner = may(request.user, Can.MANAGE_WORKSPACE)
    results = _results(request)
    if wants_partial(request):
        return _figures(request, results)
    context = results | {
        "steps": list(next_steps(request.workspace)) if is_owner else [],
        "unhappy": Feedback.objects.within(request.workspace)
        .visible_to(request.user)
        .exclude(status=RecoveryStatus.RESOLVED)
        .count(),
        "waiting": Conversation.objects.within(request.workspace)
        .visible_to(request.user)
        .filter(waiting_since__isnull=False)
        .count(),
        "events": activity.recent(request.workspace, visible_to=request.user),
        "outlook": outlook.outlook(request.workspace, visible_to=request.user),
        "days_of_credits": spending.days_left(request.workspace)
        if may(request.user, Can.MANAGE_BILLING)
        else None,
    }
    response = render(request, "insights/home/home.html", context)
    # A browser that kept the figures of an address must not show them as its page.
    patch_vary_headers(response, ["HX-Request"])
    return response


@member(Can.SEE_CAMPAIGNS)
def results(request: MemberRequest) -> HttpResponse:
    """The figures alone: what changes with the period, and what is printed."""
    return _figures(request, _results(request))


@member(Can.SEE_CAMPAIGNS)
def campaign_results(request: MemberRequest, campaign: UUID) -> HttpResponse:
    """For the page of a campaign, which lives on a floor that knows no messages."""
    found = get_object_or_404(
        choosing.campaigns(request.workspace, visible_to=request.user), pk=campaign
    )
    today = periods.today(request.workspace)
    whole = Period(found.created_at.date() - timedelta(days=1), today)
    this = Filters(campaign=found.pk)
    points = reading.series(
        request.workspace, whole, this, visible_to=request.user, step=whole.step
    )
    context = {
        "campaign": found,
        "now": reading.figures(request.workspace, whole, this, visible_to=request.user),
        "points": points,
        "failures": [
            (meaning_of(failure.code).explanation, failure.count)
            for failure in reading.failures(request.workspace, whole, this, visible_to=request.user)
        ],
        "outlook": outlook.outlook(request.workspace, visible_to=request.user, campaign=found),
    }
    return render(request, "insights/home/campaign.html", context)


def _figures(request: MemberRequest, results: dict[str, Any]) -> HttpResponse:
    """The part with the figures, and the address that shows the same ones after a reload."""
    response = render_partial(request, "insights/home/results.html", "results", results)
    if wants_partial(request):
        chosen = address_of(results["period"], results["filters"])
        response["HX-Push-Url"] = f"{request.path}?{chosen}"
    return response


def _results(request: MemberRequest) -> dict[str, Any]:
    workspace, user = request.workspace, request.user
    period = periods.chosen(request.GET, today=periods.today(workspace))
    filters = choosing.chosen(request.GET, workspace=workspace, visible_to=user)

    def offered(by: By, found: list[reading.FigureGroup]) -> list[str]:
        """To filter by: all there are, whatever is filtered by already."""
        everyone = found
        if filters.is_any:
            everyone = reading.breakdown(workspace, period, EVERYTHING, by=by, visible_to=user)
        return sorted(group.key for group in everyone if group.key)

    seen = reading.overview(workspace, period, filters, visible_to=user)
    return {
        "period": period,
        "filters": filters,
        "form": ResultsForm(
            request.GET.dict() | {"period": period.kind},
            workspace=workspace,
            user=user,
            doctors=offered(By.DOCTOR, seen.doctors),
            kinds=offered(By.APPOINTMENT_TYPE, seen.kinds),
        ),
        "now": seen.now,
        "nps_change": compare_figures(seen.now.nps, seen.before.nps),
        "average_change": compare_figures(seen.now.average, seen.before.average, decimals=1),
        "points": seen.points,
        "hours": seen.hours,
        "practices": seen.practices[:COMPARED],
        "doctors": seen.doctors[:COMPARED],
    }
