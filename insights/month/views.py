from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from core.paging import render_partial, wants_partial
from insights import periods
from insights.month import assistant
from insights.month.facts import read_facts
from insights.month.months import Month, choose_month
from insights.month.summary import summarize
from messaging.assistant import consent, stored_summaries
from messaging.assistant.stored_summaries import SummaryKey
from workspaces.access import Can, may, member
from workspaces.practices import workspace_time_zone
from workspaces.requests import MemberRequest

MONTHS_LISTED = 24


@member(Can.SEE_CAMPAIGNS)
def month(request: MemberRequest) -> HttpResponse:
    """The month in a page, of the campaigns whose results the member sees."""
    workspace = request.workspace
    today = periods.latest_local_date(workspace)
    shown = _chosen(request, request.GET.get("month", ""))
    facts = read_facts(workspace, shown, visible_to=request.user, today=today, now=timezone.now())
    context = {
        "month": shown,
        "months": _listed(shown, Month.of(today)),
        "has_next": shown < Month.of(today),
        "facts": facts,
        "summary": summarize(facts),
        **_written(request, shown),
    }
    response = render_partial(request, "insights/month/month.html", "month", context)
    if wants_partial(request):
        response["HX-Push-Url"] = f"{request.path}?month={shown}"
    return response


@member(Can.ANSWER_PATIENTS)
@require_POST
def write(request: MemberRequest) -> HttpResponse:
    """Ask the assistant for a summary. Without JavaScript the page is loaded again to see it."""
    shown = _chosen(request, request.POST.get("month", ""))
    if consent.is_on_for(request.workspace):
        assistant.order_summary(_key(request, shown), by=request.user)
    if request.htmx:
        return _render_written(request, shown)
    return redirect(f"{reverse('month')}?month={shown}")


@member(Can.SEE_CAMPAIGNS)
def written(request: MemberRequest) -> HttpResponse:
    """The assistant's part of the page, which asks for itself while a summary is written."""
    return _render_written(request, _chosen(request, request.GET.get("month", "")))


def _render_written(request: MemberRequest, shown: Month) -> HttpResponse:
    context = {"month": shown, **_written(request, shown)}
    return render(request, "insights/month/assistant.html", context)


def _written(request: MemberRequest, shown: Month) -> dict[str, Any]:
    """Return what the assistant has written for this member, and whether it may be asked."""
    key = _key(request, shown)
    # The order before the summary: a worker that ends between the two has stored its summary.
    order = assistant.find_order(key)
    stored = stored_summaries.find_summary(key, visible_to=request.user)
    is_on = may(request.user, Can.ANSWER_PATIENTS) and consent.is_on_for(request.workspace)
    return {
        "order": order,
        "stored": stored,
        "written": stored and stored_summaries.read_content(stored),
        "may_ask_assistant": is_on,
        "zone": workspace_time_zone(request.workspace) if stored else None,
    }


def _key(request: MemberRequest, shown: Month) -> SummaryKey:
    return SummaryKey.of(request.user, shown.first, language=get_language() or "")


def _chosen(request: MemberRequest, text: str) -> Month:
    workspace = request.workspace
    today = periods.latest_local_date(workspace)
    return choose_month(text, today=today, created=workspace.created_at.date())


def _listed(shown: Month, current: Month) -> list[Month]:
    """Return the months to choose from, the newest first, with the shown one."""
    months = [current]
    while len(months) < MONTHS_LISTED:
        months.append(months[-1].previous)
    return months if shown in months else [*months, shown]
