from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from core.errors import ProblemError
from messaging.whatsapp_texts.forms import SubmissionForm
from messaging.whatsapp_texts.submissions import SubmissionPlan, submit_text
from templates_app import sample_values
from templates_app.models import Category, RequestState
from templates_app.rendering import render_template_text
from templates_app.whatsapp import requests, wording_rules
from workspaces.access import Can, member
from workspaces.requests import MemberRequest


@member(Can.MANAGE_TEXTS)
def submit(request: MemberRequest, template: UUID) -> HttpResponse:
    """Show what Meta will read, with what has to be changed before, and submit it."""
    found = get_object_or_404(request.workspace.templates, pk=template)
    form = SubmissionForm(request.POST or None, template=found)
    if request.method == "POST" and form.is_valid():
        try:
            made = submit_text(template=found, by=request.user, choices=form.choices())
        except ProblemError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _what_happens(made.state))
            return redirect("template", found.pk)
    samples = sample_values.values_for_language(found.language)
    context = {
        "template": found,
        "form": form,
        "plan": SubmissionPlan(found),
        "waiting": requests.open_request(found),
        "advised": Category(wording_rules.advised_category(found)).label,
        "numbered": wording_rules.number_variables(found.content),
        "sample": render_template_text(found.content, samples),
    }
    return render(request, "messaging/whatsapp_texts/submit.html", context)


def _what_happens(state: str) -> str:
    if state == RequestState.HELD:
        return _("Our team reads it first, because you send from the shared number.")
    return _("It is on its way to Meta. You get an e-mail when it is decided.")
