from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from core import csv_exports, csv_files
from insights import filters as filtering
from insights import periods
from insights.topics.panel import csv_rows, read_panel
from workspaces.access import Can, member
from workspaces.practices import workspace_time_zone
from workspaces.requests import MemberRequest


@member(Can.SEE_CAMPAIGNS)
def topics(request: MemberRequest) -> HttpResponseBase:
    """The topics as a page, or as CSV."""
    workspace, user = request.workspace, request.user
    period = periods.parse_period(request.GET, today=periods.latest_local_date(workspace))
    filters = filtering.parse_filters(request.GET, workspace=workspace, visible_to=user)
    panel = read_panel(workspace, period, filters, visible_to=user)
    if csv_exports.is_csv_wanted(request):
        today = timezone.localdate(timezone=workspace_time_zone(workspace))
        name = _("topics")
        return csv_files.download(csv_rows(panel), filename=f"{name}-{today:%Y-%m-%d}.csv")
    context = {"topics": panel, "period": period, "filters": filters}
    return render(request, "insights/topics/topics.html", context)
