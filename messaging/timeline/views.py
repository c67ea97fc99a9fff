from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from messaging.timeline.events import timeline_of
from patients.models import Patient
from workspaces.access import Can, member
from workspaces.requests import MemberRequest


@member(Can.SEE_PATIENTS)
def panel(request: MemberRequest, patient: UUID) -> HttpResponse:
    """For the page of a patient, which lives on a floor that knows no messages."""
    visible = Patient.objects.within(request.workspace).visible_to(request.user)
    one = get_object_or_404(visible.select_related("campaign__practice", "source"), pk=patient)
    context = {"events": timeline_of(one), "zone": one.campaign.practice.zone}
    return render(request, "messaging/timeline/panel.html", context)
