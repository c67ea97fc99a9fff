from django.http import HttpResponse
from django.utils import timezone

from core.paging import render_partial, wants_partial
from insights import periods
from insights.month.facts import read_facts
from insights.month.months import Month, choose_month
from insights.month.summary import summarize
from workspaces.access import Can, member
from workspaces.requests import MemberRequest

MONTHS_LISTED = 24


@member(Can.SEE_CAMPAIGNS)
def month(request: MemberRequest) -> HttpResponse:
    """The month in a page, of the campaigns whose results the member sees."""
    workspace = request.workspace
    today = periods.latest_local_date(workspace)
    shown = choose_month(
        request.GET.get("month", ""), today=today, created=workspace.created_at.date()
    )
    facts = read_facts(workspace, shown, visible_to=request.user, today=today, now=timezone.now())
    context = {
        "month": shown,
        "months": _listed(shown, Month.of(today)),
        "has_next": shown < Month.of(today),
        "facts": facts,
        "summary": summarize(facts),
    }
    response = render_partial(request, "insights/month/month.html", "month", context)
    if wants_partial(request):
        response["HX-Push-Url"] = f"{request.path}?month={shown}"
    return response


def _listed(shown: Month, current: Month) -> list[Month]:
    """Return the months to choose from, the newest first, with the shown one."""
    months = [current]
    while len(months) < MONTHS_LISTED:
        months.append(months[-1].previous)
    return months if shown in months else [*months, shown]
