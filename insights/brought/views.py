from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from core.paging import render_partial, wants_partial
from insights import filters as filtering
from insights import periods, reading
from insights.brought.connection import read_google_access
from insights.brought.costs import ReviewCost, cost_of, read_prices
from insights.brought.funnel import Funnel, FunnelGroup, FunnelMonth, FunnelReport, read_funnels
from insights.brought.reviews_per_month import read_practices
from insights.filters import By
from insights.home.forms import ResultsForm, build_query
from insights.periods import Period, PeriodKind
from workspaces.access import Can, may, member
from workspaces.requests import MemberRequest

MAX_ROWS = 20


class TableRow(NamedTuple):
    label: str
    funnel: Funnel
    cost: ReviewCost


class FunnelTable(NamedTuple):
    """The funnels of all months, practices, campaigns or doctors. `more` are not shown."""

    name: str
    heading: str
    column: str
    rows: list[TableRow]
    more: int = 0


@member(Can.SEE_CAMPAIGNS)
def brought(request: MemberRequest) -> HttpResponse:
    """The way from the question to the public review. For htmx, the part that changes."""
    google = read_google_access(request.workspace, request.user)
    if not google.has_reviews:
        return render(request, "insights/brought/empty.html", {"google": google})
    context = _read_report(request) | {"google": google}
    response = render_partial(request, "insights/brought/brought.html", "results", context)
    if wants_partial(request):
        # The address shows the same results after a reload.
        response["HX-Push-Url"] = f"{request.path}?{context['query']}"
    return response


def _read_report(request: MemberRequest) -> dict[str, Any]:
    workspace, user = request.workspace, request.user
    today = periods.latest_local_date(workspace)
    query = _with_period(request.GET.dict())
    period = periods.parse_period(query, today=today)
    filters = filtering.parse_filters(query, workspace=workspace, visible_to=user)
    report = read_funnels(workspace, period, filters, visible_to=user)
    prices = read_prices(workspace, period) if may(user, Can.MANAGE_BILLING) else None
    return {
        "period": period,
        "filters": filters,
        "query": build_query(period, filters),
        "form": _make_form(request, period, filters.doctor),
        "scope": report.whole.scope,
        "now": report.whole.figures,
        "likely": report.whole.likely,
        "cost": cost_of(report.whole, prices),
        "tables": list(_tables(report)),
        "listings": read_practices(workspace, filters, visible_to=user, today=today),
    }


def _with_period(query: Mapping[str, str]) -> Mapping[str, str]:
    """Return the query, with twelve months if it names no period. Reviews are few."""
    if query.keys() & {"period", "from", "to"}:
        return query
    return {**query, "period": PeriodKind.YEAR.value}


def _make_form(request: MemberRequest, period: Period, doctor: str | None) -> ResultsForm:
    workspace, user = request.workspace, request.user
    choices = partial(reading.read_group_keys, workspace, period, visible_to=user)
    return ResultsForm(
        request.GET.dict() | {"period": period.kind, "doctor": doctor or ""},
        workspace=workspace,
        user=user,
        doctors=choices(By.DOCTOR),
        kinds=choices(By.APPOINTMENT_TYPE),
    )


def _tables(report: FunnelReport) -> Iterator[FunnelTable]:
    months = [
        TableRow(_month_label(month), month.funnel, cost_of(month.funnel))
        for month in report.months
    ]
    if months:
        yield FunnelTable("months", _("By month of the question"), _("Month"), months)
    for name, heading, column, groups in (
        ("practices", _("By practice"), _("Practice"), report.practices),
        ("doctors", _("By doctor"), _("Doctor"), report.doctors),
        ("campaigns", _("By campaign"), _("Campaign"), report.campaigns),
    ):
        if len(groups) > 1:  # a single one has the figures of the whole
            more = max(len(groups) - MAX_ROWS, 0)
            yield FunnelTable(name, heading, column, _group_rows(groups[:MAX_ROWS]), more)


def _group_rows(groups: Iterable[FunnelGroup]) -> list[TableRow]:
    return [TableRow(group.label, group.funnel, cost_of(group.funnel)) for group in groups]


def _month_label(month: FunnelMonth) -> str:
    name = capfirst(date_format(month.start, "YEAR_MONTH_FORMAT"))
    return name if month.is_whole else _("%(month)s, a part of it") % {"month": name}
