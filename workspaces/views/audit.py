from django.http import HttpResponse

from workspaces import trail
from workspaces.access import Can, member
from workspaces.forms import TrailForm
from workspaces.models import AuditEvent
from workspaces.pages import Page, newest_first, render_part
from workspaces.practices import home_zone
from workspaces.requests import MemberRequest

SIZE = 50


@member(Can.SEE_AUDIT)
def index(request: MemberRequest) -> HttpResponse:
    form = TrailForm(
        request.GET,
        people=trail.people(request.workspace),
        actions=sorted(trail.ACTS.items(), key=lambda act: str(act[1])),
    )
    zone = home_zone(request.workspace)
    page: Page[AuditEvent] = Page([])
    if form.is_valid():
        events = trail.matching(request.workspace, form.cleaned_data, zone)
        page = newest_first(events, request, size=SIZE)
    context = {
        "form": form,
        "lines": [trail.line(event) for event in page.rows],
        "page": page,
        "zone": zone,
        "is_filtered": any(request.GET.get(name) for name in form.fields),
    }
    return render_part(request, "workspaces/audit.html", "trail", context)
