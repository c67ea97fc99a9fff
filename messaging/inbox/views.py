"""The inbox: the list of conversations at the left, and one of them at the right."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST, require_safe

from core import csv_exports
from core.errors import ProblemError
from core.paging import render_partial, wants_partial
from messaging.assistant import consent, suggestions
from messaging.inbox import answers as answering
from messaging.inbox import composer, conversations
from messaging.inbox.forms import (
    AnswerForm,
    CloseForm,
    ConversationAssignForm,
    ConversationNoteForm,
)
from messaging.inbox.listing import (
    InboxFilters,
    filtered_conversations,
    list_conversations,
    visible_conversations,
)
from messaging.live_pages import LivePage, live_context
from messaging.models import AttachmentStatus, Conversation, InboundAttachment
from messaging.models.visibility import handled_patients
from messaging.snoozing import SnoozeForm
from messaging.text_labels import held_texts
from patients import holds
from patients.models import Patient
from templates_app.models import Channel
from workspaces.access import Can, member, public
from workspaces.practices import workspace_time_zone
from workspaces.requests import MemberRequest

COLUMNS: list[csv_exports.Column[Conversation]] = [
    (gettext_lazy("Patient"), lambda row: row.patient.name),
    (gettext_lazy("Phone"), lambda row: row.patient.phone),
    (gettext_lazy("Practice"), lambda row: row.patient.campaign.practice.name),
    (gettext_lazy("Last written"), lambda row: row.last_at),
    (gettext_lazy("Waiting since"), lambda row: row.waiting_since),
    (gettext_lazy("Who looks after it"), lambda row: row.assignee.name if row.assignee else ""),
    (gettext_lazy("Put aside until"), lambda row: row.snoozed_until),
    (gettext_lazy("Closed on"), lambda row: row.closed_at),
]
# The ids of the parts that htmx asks for.
PANE, THREAD = "talk", "thread"


@member(Can.ANSWER_PATIENTS)
def index(request: MemberRequest) -> HttpResponseBase:
    filters = InboxFilters.read(request.GET)
    if csv_exports.is_csv_wanted(request):
        return csv_exports.download(
            filtered_conversations(request, filters),
            COLUMNS,
            name=_("conversations"),
            zone=workspace_time_zone(request.workspace),
        )
    context = {
        **live_context(request.user),
        "shown": _shown_conversation(request),
        "is_part": wants_partial(request),
        **list_conversations(request, filters),
    }
    response = render_partial(request, "messaging/inbox/inbox.html", "list", context)
    if wants_partial(request) and "q" in request.GET:  # the form of the filters
        response["HX-Push-Url"] = _address(context["shown"], filters)
    return response


@member(Can.ANSWER_PATIENTS)
def conversation(request: MemberRequest, conversation: UUID) -> HttpResponse:
    found = get_object_or_404(visible_conversations(request), pk=conversation)
    return _render_conversation(request, found)


@member(Can.ANSWER_PATIENTS)
@require_safe
def attachment(request: MemberRequest, inboundattachment: UUID) -> HttpResponse:
    """Serve a picture that a patient sent. It was encoded anew, and is no page for a browser."""
    patients = handled_patients(request.user).within(request.workspace)
    stored = InboundAttachment.objects.within(request.workspace).filter(
        status=AttachmentStatus.STORED, inbound__patient__in=patients
    )
    found = get_object_or_404(stored, pk=inboundattachment)
    response = HttpResponse(bytes(found.data or b""), content_type=found.content_type)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response


@public("tells a page that it is outdated; the token that the page was given is the key")
@require_GET
def live(request: HttpRequest) -> HttpResponse:
    """Answer without a query: 204 if nothing changed, 410 if the page has to load anew."""
    page = LivePage.read(request.headers.get("X-Live-Page", ""))
    if page is None:
        return HttpResponse(status=410)
    page.note_writing(is_writing=request.GET.get("writing") == "1")
    version, writing = page.version, page.writing
    state = page.state(version=version, writing=writing)
    if request.GET.get("seen") == state:
        return HttpResponse(status=204)
    return JsonResponse({"state": state, "version": version, "writing": writing})


@member(Can.ANSWER_PATIENTS)
@require_POST
def answer(request: MemberRequest, conversation: UUID) -> HttpResponse:
    found = get_object_or_404(visible_conversations(request), pk=conversation)
    form = composer.read_answer(request.POST, found.patient)
    if form.is_valid():
        try:
            answering.send_answer(
                conversation=found,
                channel=Channel(form.cleaned_data["channel"]),
                text=form.cleaned_data["text"],
                by=request.user,
                key=form.message_id(),
                seen=form.cleaned_data["seen"],
            )
        except ProblemError as problem:
            form.add_error(None, problem.message)
        else:
            LivePage.of(request.user, patient=found.patient_id).note_writing(is_writing=False)
            suggestions.forget_suggestion(conversation=found, by=request.user)
            messages.success(request, _("Your answer is on its way."))
            return _back_to(request, found)
    return _render_conversation(request, found, form=form)


@member(Can.ANSWER_PATIENTS)
@require_POST
def assign(request: MemberRequest, conversation: UUID) -> HttpResponse:
    found = get_object_or_404(visible_conversations(request), pk=conversation)
    form = ConversationAssignForm(request.POST, workspace=request.workspace)
    if not form.is_valid():
        return _render_conversation(request, found, assigning=form)
    conversations.assign_conversation(
        conversation=found, to=form.cleaned_data["to"], by=request.user
    )
    return _back_to(request, found)


@member(Can.ANSWER_PATIENTS)
@require_POST
def note(request: MemberRequest, conversation: UUID) -> HttpResponse:
    found = get_object_or_404(visible_conversations(request), pk=conversation)
    form = ConversationNoteForm(request.POST)
    if not form.is_valid():
        return _render_conversation(request, found, noting=form)
    conversations.add_note(conversation=found, text=form.cleaned_data["note"], by=request.user)
    messages.success(request, _("Noted. Only your team sees it."))
    return _back_to(request, found)


@member(Can.ANSWER_PATIENTS)
@require_POST
def snooze(request: MemberRequest, conversation: UUID) -> HttpResponse:
    found = get_object_or_404(visible_conversations(request), pk=conversation)
    form = SnoozeForm(request.POST, zone=found.patient.campaign.practice.zone)
    if not form.is_valid():
        return _render_conversation(request, found, snoozing=form)
    try:
        conversations.snooze_conversation(conversation=found, until=form.end, by=request.user)
    except ProblemError as problem:
        messages.error(request, problem.message)
        return _back_to(request, found)
    messages.success(
        request, _("Put aside. It comes back at that time, or when the patient writes.")
    )
    return redirect(_address(None, InboxFilters.read(request.GET)))


@member(Can.ANSWER_PATIENTS)
@require_POST
def wake(request: MemberRequest, conversation: UUID) -> HttpResponse:
    found = get_object_or_404(visible_conversations(request), pk=conversation)
    conversations.snooze_conversation(conversation=found, until=None, by=request.user)
    return _back_to(request, found)


@member(Can.ANSWER_PATIENTS)
@require_POST
def close(request: MemberRequest, conversation: UUID) -> HttpResponse:
    found = get_object_or_404(visible_conversations(request), pk=conversation)
    form = CloseForm(request.POST)
    seen = form.cleaned_data["last_at"] if form.is_valid() else None
    try:
        conversations.close_conversation(conversation=found, by=request.user, seen=seen)
    except ProblemError as problem:
        messages.error(request, problem.message)
        return _back_to(request, found)
    messages.success(request, _("Closed. It comes back when the patient writes again."))
    return redirect(_address(None, InboxFilters.read(request.GET)))


def _shown_conversation(request: MemberRequest) -> str:
    """Return the id of the conversation beside the list that htmx asks for."""
    try:
        return str(UUID(request.GET.get("shown", "")))
    except ValueError:
        return ""


def _address(shown: str | UUID | None, filters: InboxFilters) -> str:
    path = reverse("inbox_conversation", args=[shown]) if shown else reverse("inbox")
    return f"{path}?{filters.query}" if filters.query else path


def _back_to(request: MemberRequest, found: Conversation) -> HttpResponse:
    return redirect(_address(found.pk, InboxFilters.read(request.GET)))


def _suggest_decision(patient: Patient) -> str | None:
    """Return what the reader suggests about the undecided hold of this patient."""
    undecided = [hold for hold in holds.holds_of(patient) if not hold.decision and hold.has_text]
    return held_texts.suggest_decision(patient, undecided[0]) if undecided else None


def _render_conversation(
    request: MemberRequest,
    found: Conversation,
    *,
    form: AnswerForm | None = None,
    **forms: ConversationAssignForm | ConversationNoteForm | SnoozeForm,
) -> HttpResponse:
    """Render the thread alone, the right pane, or the page with both panes."""
    filters = InboxFilters.read(request.GET)
    context = {
        "conversation": found,
        "shown": str(found.pk),
        "filters": filters,
        "is_part": wants_partial(request),
    }
    if wants_partial(request) and request.htmx.target == THREAD:
        context |= composer.build_thread_part(found.patient, user=request.user)
        return render(request, "messaging/inbox/pane.html#thread", context)
    context |= {
        **composer.build_composer(found.patient, user=request.user, form=form),
        "doubt": holds.open_hold_of(found.patient),
        "suggested_decision": _suggest_decision(found.patient),
        "assistant_is_on": consent.is_on_for(request.workspace),
        "suggestion": suggestions.find_suggestion(conversation=found, by=request.user),
        "assigning": ConversationAssignForm(
            initial={"to": found.assignee_id}, workspace=request.workspace
        ),
        "noting": ConversationNoteForm(),
        "snoozing": SnoozeForm(zone=found.patient.campaign.practice.zone),
        **forms,
    }
    if wants_partial(request) and request.htmx.target == PANE:
        return render(request, "messaging/inbox/pane.html", context)
    context |= list_conversations(request, filters)
    return render(request, "messaging/inbox/inbox.html", context)
