from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from messaging.models import Conversation
from messaging.timeline.events import build_timeline, find_ask
from patients.models import Patient
from workspaces.access import Can, member
from workspaces.requests import MemberRequest


@member(Can.SEE_PATIENTS)
def panel(request: MemberRequest, patient: UUID) -> HttpResponse:
    """Render the timeline for the page of a patient. The app `patients` cannot import messages."""
    visible = Patient.objects.within(request.workspace).visible_to(request.user)
    found = get_object_or_404(visible.select_related("campaign__practice", "source"), pk=patient)
    events = build_timeline(found)
    context = {
        "events": events,
        "zone": found.campaign.practice.zone,
        "outcome": find_ask(events),
        "conversation": Conversation.objects.within(request.workspace)
        .filter(patient=found)
        .first(),
    }
    return render(request, "messaging/timeline/panel.html", context)
