"""The buttons of a conversation whose patient may have said no to messages."""

from typing import Protocol
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from messaging import doubtful_opt_outs
from messaging.models import Conversation
from messaging.models.visibility import handled_patients
from patients.models import Patient
from workspaces.access import Can, member
from workspaces.models import User
from workspaces.requests import MemberRequest


@member(Can.ANSWER_PATIENTS)
@require_POST
def hold_stop(request: MemberRequest, patient: UUID) -> HttpResponse:
    success = _("Nothing is sent to them again, from any campaign.")
    return _decide_hold(request, patient, doubtful_opt_outs.stop_after_hold, success)


@member(Can.ANSWER_PATIENTS)
@require_POST
def hold_go_on(request: MemberRequest, patient: UUID) -> HttpResponse:
    success = _("They may be written to: what waits goes, if it is still in time.")
    return _decide_hold(request, patient, doubtful_opt_outs.continue_after_hold, success)


@member(Can.ANSWER_PATIENTS)
@require_POST
def hold_undo(request: MemberRequest, patient: UUID) -> HttpResponse:
    success = _("Taken back: nothing is sent to them until somebody decides.")
    return _decide_hold(request, patient, doubtful_opt_outs.undo_hold_decision, success)


class HoldDecision(Protocol):
    def __call__(self, *, patient: Patient, by: User) -> None: ...


def _decide_hold(
    request: MemberRequest, pk: UUID, decide: HoldDecision, success: str
) -> HttpResponse:
    """Decide about a patient whose messages are held back after a possible opt-out."""
    patients = handled_patients(request.user).within(request.workspace)
    patient = get_object_or_404(patients.select_related("campaign"), pk=pk)
    decide(patient=patient, by=request.user)
    messages.success(request, success)
    return _redirect_to_conversation(patient)


def _redirect_to_conversation(patient: Patient) -> HttpResponse:
    conversation = Conversation.objects.within(patient.workspace_id).filter(patient=patient).first()
    if conversation:
        return redirect("inbox_conversation", conversation.pk)
    return redirect("patient", patient.pk)
