from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from insights.figures import FEW_ANSWERS
from insights.text_results import results
from templates_app.models import MessageType
from workspaces.access import Can, member
from workspaces.requests import MemberRequest


@member(Can.SEE_TEXTS)
def show_versions(request: MemberRequest, template: UUID) -> HttpResponse:
    """The panel on the page of a text: how patients answered its versions."""
    text = get_object_or_404(request.workspace.templates, pk=template)
    is_ask = text.type == MessageType.INITIAL
    context = {
        "template": text,
        "is_ask": is_ask,
        "results": results.read_by_version(text, visible_to=request.user) if is_ask else [],
        "some_are_unknown": results.has_messages_without_version(request.workspace),
        "few": FEW_ANSWERS,
    }
    return render(request, "insights/text_results/versions.html", context)


@member(Can.SEE_TEXTS)
def show_texts(request: MemberRequest) -> HttpResponse:
    """The figures in the list of texts: a line for each text that was sent as an ask."""
    context = {
        "by_text": results.read_by_text(request.workspace, visible_to=request.user).items(),
        "some_are_unknown": results.has_messages_without_version(request.workspace),
        "few": FEW_ANSWERS,
    }
    return render(request, "insights/text_results/list.html", context)
