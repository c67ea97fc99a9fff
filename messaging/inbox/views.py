from typing import Any, Protocol
from uuid import UUID

from django.contrib import messages
from django.db.models import Count, Min, Q
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core import csv_exports
from core.errors import ProblemError
from core.paging import render_partial, wants_partial
from messaging import doubtful_opt_outs
from messaging.assistant import consent, suggestions
from messaging.inbox import answers as answering
from messaging.inbox import canned_answers as canned
from messaging.inbox import conversations, thread
from messaging.inbox.forms import AnswerForm, CannedAnswerForm
from messaging.models import CannedAnswer, Conversation, Topic
from messaging.models.visibility import VisibleWithPatient
from messaging.recovery.forms import AssignForm
from messaging.text_labels import held_texts
from messaging.text_labels.topic_filter import about_topic, parse_topic
from patients import holds
from patients.models import Patient
from templates_app.models import Channel
from workspaces.access import Can, member
from workspaces.models import User
from workspaces.practices import workspace_time_zone
from workspaces.requests import MemberRequest

PAGE_SIZE = 50
COLUMNS: list[csv_exports.Column[Conversation]] = [
    (gettext_lazy("Patient"), lambda row: row.patient.name),
    (gettext_lazy("Phone"), lambda row: row.patient.phone),
    (gettext_lazy("Practice"), lambda row: row.patient.campaign.practice.name),
    (gettext_lazy("Last written"), lambda row: row.last_at),
    (gettext_lazy("Waiting since"), lambda row: row.waiting_since),
    (gettext_lazy("Who looks after it"), lambda row: row.assignee.name if row.assignee else ""),
    (gettext_lazy("Closed on"), lambda row: row.closed_at),
]
STATES = {
    "waiting": gettext_lazy("Waiting"),
    "held": gettext_lazy("To decide"),
    "open": gettext_lazy("Open"),
    "mine": gettext_lazy("Mine"),
    "closed": gettext_lazy("Closed"),
}


def visible_conversations(request: MemberRequest) -> VisibleWithPatient[Conversation]:
    seen = Conversation.objects.within(request.workspace).visible_to(request.user)
    return seen.select_related("patient__campaign__practice", "patient__workspace", "assignee")


@member(Can.ANSWER_PATIENTS)
def index(request: MemberRequest) -> HttpResponseBase:
    if csv_exports.is_csv_wanted(request):
        return csv_exports.download(
            about_topic(visible_conversations(request), parse_topic(request.GET)),
            COLUMNS,
            name=_("conversations"),
            zone=workspace_time_zone(request.workspace),
        )
    return render_partial(request, "messaging/inbox/inbox.html", "list", _list_context(request))


@member(Can.ANSWER_PATIENTS)
def conversation(request: MemberRequest, conversation: UUID) -> HttpResponse:
    found = get_object_or_404(visible_conversations(request), pk=conversation)
    if request.htmx:
        context = {"conversation": found, "thread": thread.build_thread(found.patient)}
        return render(request, "messaging/inbox/conversation.html#thread", context)
    return _render_conversation(request, found)


@member(Can.ANSWER_PATIENTS)
@require_POST
def answer(request: MemberRequest, conversation: UUID) -> HttpResponse:
    found = get_object_or_404(visible_conversations(request), pk=conversation)
    form = AnswerForm(
        request.POST, channels=answering.answer_channels(found.patient, now=timezone.now())
    )
    if form.is_valid():
        try:
            answering.send_answer(
                conversation=found,
                channel=Channel(form.cleaned_data["channel"]),
                text=form.cleaned_data["text"],
                by=request.user,
                key=form.message_id(),
            )
        except ProblemError as problem:
            form.add_error(None, problem.message)
        else:
            suggestions.forget_suggestion(conversation=found, by=request.user)
            messages.success(request, _("Your answer is on its way."))
            return redirect("inbox_conversation", found.pk)
    return _render_conversation(request, found, form=form)


@member(Can.ANSWER_PATIENTS)
@require_POST
def assign(request: MemberRequest, conversation: UUID) -> HttpResponse:
    found = get_object_or_404(visible_conversations(request), pk=conversation)
    form = AssignForm(request.POST, workspace=request.workspace)
    if not form.is_valid():
        return _render_conversation(request, found, assigning=form)
    conversations.assign_conversation(
        conversation=found, to=form.cleaned_data["to"], by=request.user
    )
    return redirect("inbox_conversation", found.pk)


@member(Can.ANSWER_PATIENTS)
@require_POST
def close(request: MemberRequest, conversation: UUID) -> HttpResponse:
    found = get_object_or_404(visible_conversations(request), pk=conversation)
    try:
        conversations.close_conversation(conversation=found, by=request.user)
    except ProblemError as problem:
        messages.error(request, problem.message)
        return redirect("inbox_conversation", found.pk)
    messages.success(request, _("Closed. It comes back when the patient writes again."))
    return redirect("inbox")


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
    patients = Patient.objects.within(request.workspace).visible_to(request.user)
    patient = get_object_or_404(patients.select_related("campaign"), pk=pk)
    decide(patient=patient, by=request.user)
    messages.success(request, success)
    return _redirect_to_conversation(patient)


def _redirect_to_conversation(patient: Patient) -> HttpResponse:
    conversation = Conversation.objects.within(patient.workspace_id).filter(patient=patient).first()
    if conversation:
        return redirect("inbox_conversation", conversation.pk)
    return redirect("patient", patient.pk)


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


def _list_context(request: MemberRequest) -> dict[str, Any]:
    topic = parse_topic(request.GET)
    everyone = about_topic(visible_conversations(request), topic)
    state = request.GET.get("state", "waiting")
    to_decide = set(holds.addresses_to_decide(request.workspace))
    is_held = Q(patient__phone__in=to_decide) | Q(patient__email__in=to_decide)
    chosen = {
        "waiting": everyone.filter(waiting_since__isnull=False).order_by("waiting_since"),
        "held": everyone.filter(is_held).order_by("-last_at"),
        "open": everyone.filter(closed_at=None).order_by("-last_at"),
        "mine": everyone.filter(closed_at=None, assignee=request.user).order_by("-last_at"),
        "closed": everyone.filter(closed_at__isnull=False).order_by("-last_at"),
    }
    state = state if state in chosen else "waiting"
    found = list(chosen[state][: PAGE_SIZE + 1])
    open_counts = everyone.filter(closed_at=None).aggregate(
        waiting=Count("waiting_since"),
        open=Count("pk"),
        mine=Count("pk", filter=Q(assignee=request.user)),
        longest=Min("waiting_since"),
    )
    return {
        "conversations": found[:PAGE_SIZE],
        "has_more": len(found) > PAGE_SIZE,
        "state": state,
        "states": [(value, label, open_counts.get(value)) for value, label in STATES.items()],
        "is_part": wants_partial(request),
        "waiting": open_counts["waiting"],
        "waiting_longest": open_counts["longest"],
        "held": {
            conversation.pk
            for conversation in found[:PAGE_SIZE]
            if to_decide & {conversation.patient.phone, conversation.patient.email}
        },
        "words": thread.last_words(found[:PAGE_SIZE]),
        "topic": topic,
        "topics": Topic,
    }


def _suggest_decision(patient: Patient) -> str | None:
    """Return what the reader suggests about the undecided hold of this patient."""
    undecided = [hold for hold in holds.holds_of(patient) if not hold.decision and hold.has_text]
    return held_texts.suggest_decision(patient, undecided[0]) if undecided else None


def _render_conversation(
    request: MemberRequest,
    found: Conversation,
    *,
    form: AnswerForm | None = None,
    assigning: AssignForm | None = None,
) -> HttpResponse:
    channels = answering.answer_channels(found.patient, now=timezone.now())
    best = answering.best_channel(found.patient, channels)
    answers = CannedAnswer.objects.within(request.workspace).order_by("name")
    context = {
        "conversation": found,
        "thread": thread.build_thread(found.patient),
        "doubt": holds.open_hold_of(found.patient),
        "suggested_decision": _suggest_decision(found.patient),
        "zone": found.patient.campaign.practice.zone,
        "channels": channels,
        "obstacle": answering.find_obstacle(found.patient)
        or ("" if best else _("There is no way to write to this patient now. Call them instead.")),
        "form": form or AnswerForm(initial={"channel": best}, channels=channels),
        "assigning": assigning
        or AssignForm(initial={"to": found.assignee_id}, workspace=request.workspace),
        "assistant_is_on": consent.is_on_for(request.workspace),
        "suggestion": suggestions.find_suggestion(conversation=found, by=request.user),
        "canned": canned.fill_canned_answers(answers, found.patient),
    }
    return render(request, "messaging/inbox/conversation.html", context)
