from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import csv_exports
from core.audit import audit_actions
from core.models import AuditEvent
from core.paging import Page, newest_first, render_partial
from workspaces import audit_trail
from workspaces.access import Can, member
from workspaces.forms import TrailForm
from workspaces.practices import workspace_time_zone
from workspaces.requests import MemberRequest

SIZE = 50
COLUMNS: list[csv_exports.Column[AuditEvent]] = [
    (gettext_lazy("What"), lambda event: audit_actions().get(event.action, event.action)),
    (gettext_lazy("Thing"), lambda event: event.entity_name),
    (gettext_lazy("Who"), lambda event: event.actor_name),
    (gettext_lazy("When"), lambda event: event.at),
    (gettext_lazy("From where"), lambda event: event.address),
]


@member(Can.SEE_AUDIT)
def index(request: MemberRequest) -> HttpResponseBase:
    form = TrailForm(
        request.GET,
        people=audit_trail.trail_people(request.workspace),
        actions=sorted(audit_actions().items(), key=lambda act: str(act[1])),
    )
    zone = workspace_time_zone(request.workspace)
    page: Page[AuditEvent] = Page([])
    if form.is_valid():
        events = audit_trail.filter_trail(request.workspace, form.cleaned_data, zone)
        if csv_exports.is_csv_wanted(request):
            return csv_exports.download(events, COLUMNS, name=_("audit-trail"), zone=zone)
        page = newest_first(events, request, size=SIZE)
    context = {
        "form": form,
        "lines": audit_trail.with_people(page.rows),
        "page": page,
        "zone": zone,
        "is_filtered": any(request.GET.get(name) for name in form.fields),
    }
    return render_partial(request, "workspaces/audit.html", "trail", context)
