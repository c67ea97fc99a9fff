from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from messaging.models import Conversation, Feedback, TextLabels, Topic, Urgency
from messaging.text_labels.corrections import correct_labels
from messaging.text_labels.forms import CorrectLabelsForm
from messaging.text_labels.texts import text_of
from workspaces.access import Can, member
from workspaces.requests import MemberRequest


@member(Can.ANSWER_PATIENTS)
def correct(request: MemberRequest, textlabels: UUID) -> HttpResponse:
    visible = TextLabels.objects.within(request.workspace).visible_to(request.user)
    labels = get_object_or_404(visible.select_related("patient"), pk=textlabels)
    form = CorrectLabelsForm(
        request.POST or None, initial={"topics": labels.topics, "urgency": labels.urgency}
    )
    if request.method == "POST" and form.is_valid():
        correct_labels(
            labels=labels,
            topics=[Topic(code) for code in form.cleaned_data["topics"]],
            urgency=Urgency(form.cleaned_data["urgency"]),
            by=request.user,
        )
        messages.success(request, _("Corrected. The reader does not change it again."))
        return _redirect_to_text(labels)
    context = {"labels": labels, "text": text_of(labels), "form": form}
    return render(request, "messaging/text_labels/correct.html", context)


def _redirect_to_text(labels: TextLabels) -> HttpResponse:
    """Go back to where the text is shown: its case, else its conversation, else the patient."""
    if (
        case := Feedback.objects.within(labels.workspace_id)
        .filter(message=labels.message_id)
        .first()
    ):
        return redirect("recovery_case", case.pk)
    conversations = Conversation.objects.within(labels.workspace_id)
    if conversation := conversations.filter(patient=labels.patient_id).first():
        return redirect("inbox_conversation", conversation.pk)
    return redirect("patient", labels.patient_id)
