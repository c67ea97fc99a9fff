from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from core.errors import ProblemError
from core.paging import render_partial
from messaging import senders
from messaging.dispatch.composing import Wording
from messaging.text_previews import people, previews, self_tests
from messaging.text_previews.forms import PreviewForm, TestForm
from messaging.text_previews.previews import Approved, Preview
from templates_app.models import Channel
from workspaces import profile, support
from workspaces.access import Can, member
from workspaces.requests import MemberRequest


@member(Can.SEE_TEXTS)
@require_POST
def preview(request: MemberRequest) -> HttpResponse:
    """A POST that changes nothing: what is typed is too long for an address."""
    form = PreviewForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    said, workspace = form.cleaned_data, request.workspace
    known = people.newest(workspace, user=request.user)
    chosen = next((one for one in known if one.pk == said["patient"]), known[0] if known else None)
    template = workspace.templates.filter(pk=said["template"]).first()
    channels = previews.channels(template, said["channel"])
    shown = said["shown_on"] if said["shown_on"] in channels else channels[0]
    sender = senders.find_sender(workspace, shown)
    kind = form.kind_on(shown, two_way=bool(sender and sender.two_way))
    person = people.of(chosen) if chosen else people.invented(workspace, kind.language)
    in_its_place = (
        []
        if said["channel"]
        else workspace.templates.of_single_channels(kind.type, kind.language)
        .exclude(pk=said["template"])
        .order_by("channel")
    )
    context = {
        "preview": Preview(
            facts=people.facts(person, kind, workspace),
            wording=Wording(said["subject"], said["content"]),
            approved=Approved.of(template) if template else None,
        ),
        "people": known,
        "chosen": chosen,
        "channels": [(channel, Channel(channel).label) for channel in channels],
        "in_its_place": in_its_place,
    }
    return render(request, "messaging/text_previews/preview.html", context)


@member(Can.MANAGE_TEXTS)
def test(request: MemberRequest, template: UUID) -> HttpResponse:
    found = get_object_or_404(request.workspace.templates, pk=template)
    channels = self_tests.channels(found)
    form = TestForm(request.POST or None, user=request.user, channels=channels)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if said.get("phone"):
            _keep_phone(request, said["phone"])
        try:
            ordered = self_tests.order_self_test(
                template=found, channel=said["channel"], by=request.user
            )
        except self_tests.UnprovenError as problem:
            messages.info(request, problem.message)
            return redirect(f"{reverse('phone_confirm')}?{urlencode({'next': request.path})}")
        except ProblemError as problem:
            form.add_error(None, problem.message)
        else:
            return redirect(f"{reverse('template_test', args=[found.pk])}?test={ordered}")
    context = {
        "template": found,
        "form": form,
        "channels": channels,
        "how_to_ask": support.how_to_ask(),
        "outcome": self_tests.outcome(request.workspace, request.GET.get("test", "")),
    }
    return render_partial(request, "messaging/text_previews/test.html", "outcome", context)


def _keep_phone(request: MemberRequest, phone: str) -> None:
    user = request.user
    details = profile.ProfileDetails(name=user.name, phone=phone, language=user.language)
    request.user = profile.change_profile(workspace=request.workspace, details=details, by=user)
