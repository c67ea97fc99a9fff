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
from messaging.text_previews.previews import ApprovedVersion, Preview
from templates_app.models import Channel
from workspaces import profile, support
from workspaces.access import Can, member
from workspaces.requests import MemberRequest


@member(Can.SEE_TEXTS)
@require_POST
def preview(request: MemberRequest) -> HttpResponse:
    """Render a preview. It changes nothing, but a text is too long for a URL, so it is a POST."""
    form = PreviewForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    data, workspace = form.cleaned_data, request.workspace
    patients = people.newest_patients(workspace, user=request.user)
    chosen = next((row for row in patients if row.pk == data["patient"]), None)
    chosen = chosen or next(iter(patients), None)
    template = workspace.templates.filter(pk=data["template"]).first()
    channels = previews.channels_of_text(template, data["channel"])
    shown = data["shown_on"] if data["shown_on"] in channels else channels[0]
    sender = senders.find_sender(workspace, shown)
    kind = form.kind_on(shown, two_way=bool(sender and sender.two_way))
    person = (
        people.person_of_patient(chosen)
        if chosen
        else people.sample_person(workspace, kind.language)
    )
    channel_texts = (
        []
        if data["channel"]
        else workspace.templates.of_single_channels(kind.type, kind.language)
        .exclude(pk=data["template"])
        .order_by("channel")
    )
    context = {
        "preview": Preview(
            facts=people.build_facts(person, kind, workspace),
            wording=Wording(data["subject"], data["content"]),
            approved=ApprovedVersion.from_template(template) if template else None,
        ),
        "people": patients,
        "chosen": chosen,
        "channels": [(channel, Channel(channel).label) for channel in channels],
        "channel_texts": channel_texts,
    }
    return render(request, "messaging/text_previews/preview.html", context)


@member(Can.MANAGE_TEXTS)
def test(request: MemberRequest, template: UUID) -> HttpResponse:
    found = get_object_or_404(request.workspace.templates, pk=template)
    channels = self_tests.available_channels(found)
    form = TestForm(request.POST or None, user=request.user, channels=channels)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if data.get("phone"):
            _save_phone(request, data["phone"])
        try:
            ordered = self_tests.order_self_test(
                template=found, channel=data["channel"], by=request.user
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
        "outcome": self_tests.find_outcome(request.workspace, request.GET.get("test", "")),
    }
    return render_partial(request, "messaging/text_previews/test.html", "outcome", context)


def _save_phone(request: MemberRequest, phone: str) -> None:
    user = request.user
    details = profile.ProfileDetails(
        name=user.name,
        phone=phone,
        language=user.language,
        density=user.density,
    )
    request.user = profile.change_profile(workspace=request.workspace, details=details, by=user)
