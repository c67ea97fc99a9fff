"""The pages of saved answers."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from messaging.inbox.forms import CannedAnswerForm
from messaging.models import CannedAnswer
from workspaces.access import Can, member
from workspaces.requests import MemberRequest


@member(Can.ANSWER_PATIENTS)
def canned_answers(request: MemberRequest) -> HttpResponse:
    blank = CannedAnswer(workspace=request.workspace)
    form = CannedAnswerForm(request.POST or None, instance=blank)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("“%(name)s” is saved.") % {"name": form.instance.name})
        return redirect("canned_answers")
    context = {"answers": request.workspace.canned_answers.order_by("name"), "form": form}
    return render(request, "messaging/inbox/canned_answers.html", context)


@member(Can.ANSWER_PATIENTS)
def canned_answer(request: MemberRequest, cannedanswer: UUID) -> HttpResponse:
    found = get_object_or_404(CannedAnswer.objects.within(request.workspace), pk=cannedanswer)
    form = CannedAnswerForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your changes are saved."))
        return redirect("canned_answers")
    return render(request, "messaging/inbox/canned_answer.html", {"form": form, "answer": found})


@member(Can.ANSWER_PATIENTS)
@require_POST
def canned_answer_remove(request: MemberRequest, cannedanswer: UUID) -> HttpResponse:
    found = get_object_or_404(CannedAnswer.objects.within(request.workspace), pk=cannedanswer)
    found.delete()
    messages.success(request, _("“%(name)s” is removed.") % {"name": found.name})
    return redirect("canned_answers")
