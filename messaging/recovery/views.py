from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from core import csv_exports
from core.errors import ProblemError
from core.paging import newest_first, render_partial, wants_partial
from messaging.inbox import composer
from messaging.inbox.forms import AnswerForm
from messaging.live_pages import LivePage, live_context
from messaging.models import Feedback, RecoveryStatus, Topic
from messaging.models.snoozing import asleep
from messaging.models.visibility import VisibleWithPatient
from messaging.recovery import actions
from messaging.recovery.board import build_board, make_cards, with_card_details
from messaging.recovery.forms import AssignForm, NoteForm, ResolveForm
from messaging.recovery.severity import severity_of
from messaging.snoozing import SnoozeForm
from messaging.text_labels.topic_filter import about_topic, parse_topic
from templates_app.models import Channel
from workspaces.access import Can, member
from workspaces.practices import workspace_time_zone
from workspaces.requests import MemberRequest

SIZE = 25
THREAD = "thread"  # the part that htmx asks for
COLUMNS: list[csv_exports.Column[Feedback]] = [
    (gettext_lazy("Patient"), lambda case: case.patient.name),
    (gettext_lazy("Phone"), lambda case: case.patient.phone),
    (gettext_lazy("E-mail"), lambda case: case.patient.email),
    (gettext_lazy("Practice"), lambda case: case.patient.campaign.practice.name),
    (gettext_lazy("Rating"), lambda case: case.rating),
    (gettext_lazy("Comment"), lambda case: case.comment or case.message.comment),
    (gettext_lazy("Topics"), lambda case: ", ".join(case.labels.topic_names)),
    (gettext_lazy("Urgency"), lambda case: str(case.labels.urgency.label)),
    (gettext_lazy("Status"), lambda case: case.get_status_display()),
    (gettext_lazy("Who looks after it"), lambda case: case.assignee.name if case.assignee else ""),
    (gettext_lazy("Rated"), lambda case: case.created_at),
    (gettext_lazy("First action"), lambda case: case.first_action_at),
    (gettext_lazy("Resolved"), lambda case: case.resolved_at),
    (gettext_lazy("Severity"), lambda case: str(severity_of(case).label)),
    (gettext_lazy("Put aside until"), lambda case: case.snoozed_until),
]


def visible_cases(request: MemberRequest) -> VisibleWithPatient[Feedback]:
    return Feedback.objects.within(request.workspace).visible_to(request.user)


@member(Can.ANSWER_PATIENTS)
def index(request: MemberRequest) -> HttpResponseBase:
    status = request.GET.get("status", "")
    cases, filters = _filtered_cases(request)
    if csv_exports.is_csv_wanted(request):
        return csv_exports.download(
            with_card_details(cases),
            COLUMNS,
            name=_("unhappy-patients"),
            zone=workspace_time_zone(request.workspace),
        )
    if status in RecoveryStatus.values:
        return _render_list(
            request, cases.filter(status=status), {"status": RecoveryStatus(status), **filters}
        )
    if request.GET.get("snoozed"):
        return _render_list(
            request, cases.filter(asleep(timezone.now())), {"is_snoozed": True, **filters}
        )
    context = {
        **live_context(request.user),
        "board": build_board(cases, zone=workspace_time_zone(request.workspace)),
        "is_part": wants_partial(request),
        **filters,
    }
    return render_partial(request, "messaging/recovery/board.html", "board", context)


def _render_list(
    request: MemberRequest, cases: VisibleWithPatient[Feedback], filters: dict[str, object]
) -> HttpResponse:
    page = newest_first(with_card_details(cases), request, size=SIZE)
    context = {"page": page, "cards": make_cards(page.rows), **filters}
    return render_partial(request, "messaging/recovery/list.html", "list", context)


def _filtered_cases(
    request: MemberRequest,
) -> tuple[VisibleWithPatient[Feedback], dict[str, object]]:
    """Return the cases that the address asks for, and the filters for the template."""
    cases = visible_cases(request)
    is_mine = bool(request.GET.get("mine"))
    if is_mine:
        cases = cases.filter(assignee=request.user)
    topic = parse_topic(request.GET)
    return about_topic(cases, topic), {"is_mine": is_mine, "topic": topic, "topics": Topic}


@member(Can.ANSWER_PATIENTS)
def case(request: MemberRequest, feedback: UUID) -> HttpResponse:
    case = get_object_or_404(with_card_details(visible_cases(request)), pk=feedback)
    return _render_case(request, case)


@member(Can.ANSWER_PATIENTS)
@require_POST
def answer(request: MemberRequest, feedback: UUID) -> HttpResponse:
    case = get_object_or_404(with_card_details(visible_cases(request)), pk=feedback)
    form = composer.read_answer(request.POST, case.patient)
    if form.is_valid():
        try:
            actions.answer_case(
                feedback=case,
                channel=Channel(form.cleaned_data["channel"]),
                text=form.cleaned_data["text"],
                by=request.user,
                key=form.message_id(),
                seen=form.cleaned_data["seen"],
            )
        except ProblemError as problem:
            form.add_error(None, problem.message)
        else:
            LivePage.of(request.user, patient=case.patient_id).note_writing(is_writing=False)
            messages.success(request, _("Your answer is on its way."))
            return redirect("recovery_case", case.pk)
    return _render_case(request, case, form=form)


@member(Can.ANSWER_PATIENTS)
@require_POST
def snooze(request: MemberRequest, feedback: UUID) -> HttpResponse:
    case = get_object_or_404(with_card_details(visible_cases(request)), pk=feedback)
    form = SnoozeForm(request.POST, zone=case.patient.campaign.practice.zone)
    if not form.is_valid():
        return _render_case(request, case, snoozing=form)
    actions.snooze_case(feedback=case, until=form.end, by=request.user)
    messages.success(
        request, _("Put aside. It comes back at that time, or when the patient writes.")
    )
    return redirect("recovery")


@member(Can.ANSWER_PATIENTS)
@require_POST
def wake(request: MemberRequest, feedback: UUID) -> HttpResponse:
    case = get_object_or_404(visible_cases(request), pk=feedback)
    actions.wake_case(feedback=case, by=request.user)
    return redirect("recovery_case", case.pk)


@member(Can.ANSWER_PATIENTS)
@require_POST
def start(request: MemberRequest, feedback: UUID) -> HttpResponse:
    case = get_object_or_404(visible_cases(request), pk=feedback)
    actions.start_case(feedback=case, by=request.user)
    messages.success(request, _("You look after this patient now."))
    return redirect("recovery_case", case.pk)


@member(Can.ANSWER_PATIENTS)
@require_POST
def assign(request: MemberRequest, feedback: UUID) -> HttpResponse:
    case = get_object_or_404(with_card_details(visible_cases(request)), pk=feedback)
    form = AssignForm(request.POST, workspace=request.workspace)
    if not form.is_valid():
        return _render_case(request, case, assigning=form)
    actions.assign_case(feedback=case, to=form.cleaned_data["to"], by=request.user)
    messages.success(
        request,
        _("%(name)s looks after this patient now.") % {"name": form.cleaned_data["to"].name},
    )
    return redirect("recovery_case", case.pk)


@member(Can.ANSWER_PATIENTS)
@require_POST
def note(request: MemberRequest, feedback: UUID) -> HttpResponse:
    case = get_object_or_404(with_card_details(visible_cases(request)), pk=feedback)
    form = NoteForm(request.POST, prefix="note")
    if not form.is_valid():
        return _render_case(request, case, noting=form)
    actions.add_case_note(feedback=case, text=form.cleaned_data["text"], by=request.user)
    messages.success(request, _("Noted."))
    return redirect("recovery_case", case.pk)


@member(Can.ANSWER_PATIENTS)
@require_POST
def resolve(request: MemberRequest, feedback: UUID) -> HttpResponse:
    case = get_object_or_404(with_card_details(visible_cases(request)), pk=feedback)
    form = ResolveForm(request.POST, prefix="done")
    if form.is_valid():
        try:
            actions.resolve_case(feedback=case, text=form.cleaned_data["text"], by=request.user)
        except ProblemError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("Resolved. Thank you for making it good."))
            return redirect("recovery_case", case.pk)
    return _render_case(request, case, resolving=form)


@member(Can.ANSWER_PATIENTS)
@require_POST
def reopen(request: MemberRequest, feedback: UUID) -> HttpResponse:
    case = get_object_or_404(visible_cases(request), pk=feedback)
    actions.reopen_case(feedback=case, by=request.user)
    messages.success(request, _("The case is open again."))
    return redirect("recovery_case", case.pk)


def _render_case(
    request: MemberRequest,
    case: Feedback,
    *,
    form: AnswerForm | None = None,
    **forms: AssignForm | NoteForm | ResolveForm | SnoozeForm,
) -> HttpResponse:
    if wants_partial(request) and request.htmx.target == THREAD:
        context = composer.build_thread_part(case.patient, user=request.user)
        context["thread_url"] = request.path
        return render(request, "messaging/inbox/thread.html", context)
    context = {
        **composer.build_composer(case.patient, user=request.user, form=form),
        "case": case,
        "severity": severity_of(case),
        "labels": {text.source: text for text in case.message.text_labels.all()},
        "steps": case.steps.order_by("pk"),
        "assigning": AssignForm(initial={"to": case.assignee_id}, workspace=request.workspace),
        "noting": NoteForm(prefix="note"),
        "resolving": ResolveForm(prefix="done"),
        "snoozing": SnoozeForm(zone=case.patient.campaign.practice.zone),
        **forms,
    }
    return render(request, "messaging/recovery/case.html", context)
