from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from insights.figures import FEW_ANSWERS
from insights.text_results import results
from templates_app.models import MessageType
from workspaces.access import Can, member
from workspaces.requests import MemberRequest


@member(Can.SEE_TEXTS)
def of_text(request: MemberRequest, template: UUID) -> HttpResponse:
    """For the page of a text: how its versions were answered."""
    found = get_object_or_404(request.workspace.templates, pk=template)
    is_ask = found.type == MessageType.INITIAL
    context = {
        "template": found,
        "is_ask": is_ask,
        "results": results.by_version(found, visible_to=request.user) if is_ask else [],
        "some_are_unknown": results.some_are_unknown(request.workspace),
        "few": FEW_ANSWERS,
    }
    return render(request, "insights/text_results/versions.html", context)


@member(Can.SEE_TEXTS)
def of_all(request: MemberRequest) -> HttpResponse:
    """For the list of texts: a line for each ask that was sent."""
    context = {
        "by_text": results.by_text(request.workspace, visible_to=request.user).items(),
        "some_are_unknown": results.some_are_unknown(request.workspace),
        "few": FEW_ANSWERS,
    }
    return render(request, "insights/text_results/list.html", context)
