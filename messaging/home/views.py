from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from messaging.errors import meaning_of
from messaging.home import activity, outlook
from messaging.home.comparing import change
from messaging.home.forms import ResultsForm
from messaging.insights import filters as choosing
from messaging.insights import periods, reading
from messaging.insights.figures import Figures
from messaging.insights.filters import EVERYTHING, By, Filters
from messaging.insights.periods import Period
from messaging.models import Conversation, Feedback, RecoveryStatus
from workspaces.access import Can, may, member
from workspaces.next_steps import next_steps
from workspaces.pages import render_part
from workspaces.requests import MemberRequest

COMPARED = 12


@member()
def home(request: MemberRequest) -> HttpResponse:
    """Reception uploads; whoever runs campaigns sees what came of them."""
    if not may(request.user, Can.SEE_CAMPAIGNS):
        return render(request, "messaging/home/reception.html")
    is_owner = may(request.user, Can.MANAGE_WORKSPACE)
    context = _results(request) | {
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
        "outlook": outlook.outlook(
            request.workspace, created_by=None if is_owner else request.user
        ),
        "days_of_credits": outlook.days_of_credits(request.workspace, by=request.user)
        if may(request.user, Can.MANAGE_BILLING)
        else None,
    }
    return render(request, "messaging/home/home.html", context)


@member(Can.SEE_CAMPAIGNS)
def results(request: MemberRequest) -> HttpResponse:
    """The figures alone: what changes with the period, and what is printed."""
    return render_part(request, "messaging/home/results.html", "results", _results(request))


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
        "outlook": outlook.outlook(request.workspace, campaign=found),
    }
    return render(request, "messaging/home/campaign.html", context)


def _results(request: MemberRequest) -> dict[str, Any]:
    workspace, user = request.workspace, request.user
    period = periods.chosen(request.GET, today=periods.today(workspace))
    filters = choosing.chosen(request.GET, workspace=workspace, visible_to=user)

    def groups(by: By, within: Filters = filters) -> list[reading.Group]:
        return reading.breakdown(workspace, period, within, by=by, visible_to=user)

    doctors = groups(By.DOCTOR)
    everyone = groups(By.DOCTOR, EVERYTHING) if filters.is_any else doctors
    points = reading.series(workspace, period, filters, visible_to=user)
    now = sum((point.figures for point in points), Figures())
    before = reading.figures(workspace, period.before, filters, visible_to=user)
    return {
        "period": period,
        "filters": filters,
        "form": ResultsForm(
            request.GET.dict() | {"period": period.kind},
            workspace=workspace,
            user=user,
            doctors=_named(everyone),
            kinds=_named(groups(By.APPOINTMENT_TYPE, EVERYTHING)),
        ),
        "now": now,
        "nps_change": change(now.nps, before.nps),
        "average_change": change(now.average, before.average, decimals=1),
        "points": points,
        "hours": reading.by_hour(workspace, period, filters, visible_to=user),
        "practices": groups(By.PRACTICE)[:COMPARED],
        "doctors": doctors[:COMPARED],
    }


def _named(groups: list[reading.Group]) -> list[str]:
    return sorted(group.key for group in groups if group.key)
