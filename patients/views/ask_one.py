"""The page to ask one patient at the desk, the last ones that were asked, and undo."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from campaigns.timing import is_open, next_opening
from core.errors import ProblemError
from core.paging import render_partial, wants_partial
from patients import ask_one
from patients.ask_one import AskRefusedError
from patients.forms.ask_one import AskOneForm
from patients.models import Patient
from patients.states import PatientState, state_of
from workspaces.access import Can, may, member
from workspaces.requests import MemberRequest

# In the member's session: the choices of the last ask, and the patients who were asked last.
CHOICES, RECENT = "ask_one_choices", "ask_one_recent"
MAX_RECENT = 5
REMEMBERED = ("campaign", "doctor_name", "channel")
# Filled in again after an undo, and from another visit of the same person.
OF_PATIENT = ("name", "phone", "email", "doctor_name")


@dataclass(frozen=True)
class RecentAsk:
    patient: Patient
    state: PatientState
    when: str
    is_visible: bool  # to the member, who may ask the patients of colleagues too

    @property
    def is_waiting(self) -> bool:
        return self.state == PatientState.WAITING


@member(Can.ASK_ONE)
def index(request: MemberRequest) -> HttpResponse:
    if request.method != "POST":
        return _render(request, _blank_form(request, _find_earlier_visit(request)))
    form = AskOneForm(request.POST, by=request.user)
    if not form.is_valid():
        return _render(request, form)
    try:
        patient = ask_one.ask_one(visit=form.visit(), key=form.chosen_key(), by=request.user)
    except ProblemError as refusal:
        planned = _add_refusal(request, form, refusal)
        return _render(request, form, planned=planned)
    at = ask_one.leaves_at(patient)
    _remember(request, form, patient, at)
    messages.success(request, _confirm(patient, at))
    return _next_form(request)


@member(Can.ASK_ONE)
def recent(request: MemberRequest) -> HttpResponse:
    """The last asks, which the page reloads until the messages have left."""
    context = _recent_context(request)
    return render(request, "patients/ask_one.html#recent", context)


@member(Can.ASK_ONE)
@require_POST
def undo(request: MemberRequest, patient: UUID) -> HttpResponse:
    """Take back an ask that this member made in this session, and fill the form with it again."""
    if str(patient) not in dict(request.session.get(RECENT, [])):
        raise Http404
    one = _recent_patients(request, [patient]).get(str(patient))
    if one is None:
        messages.info(request, _("This was taken back already."))
    else:
        try:
            ask_one.undo_ask(patient=one, by=request.user)
        except ProblemError as problem:
            messages.error(request, str(problem.message))
            one = None
        else:
            messages.success(request, _("Taken back: nothing is sent."))
            _forget(request, patient)
    return _next_form(request, one)


def _next_form(request: MemberRequest, undone: Patient | None = None) -> HttpResponse:
    """Show the form for the next patient. On a phone the message above it must be in view."""
    if not wants_partial(request):
        return redirect("ask_one")
    response = _render(request, _blank_form(request, undone))
    response["HX-Reswap"] = "outerHTML show:window:top"
    return response


def _render(
    request: MemberRequest, form: AskOneForm, *, planned: Patient | None = None
) -> HttpResponse:
    campaign, now = form.chosen_campaign(), timezone.now()
    opens = ""
    if campaign and not is_open(campaign.practice, now):
        opening = next_opening(campaign.practice, now)
        opens = ask_one.describe_time(opening, campaign.practice, now=now)
    context = {
        "form": form,
        "campaign": campaign,
        "opens": opens,
        "planned": planned,
        "swap": wants_partial(request),
        **_recent_context(request),
    }
    return render_partial(request, "patients/ask_one.html", "ask", context)


def _blank_form(request: MemberRequest, visited: Patient | None = None) -> AskOneForm:
    """Return a form with the choices of the last ask, and with the person of another visit."""
    initial: dict[str, Any] = dict(request.session.get(CHOICES, {}))
    if visited:
        initial |= {name: getattr(visited, name) for name in OF_PATIENT}
        initial["campaign"] = str(visited.campaign_id)
        if visited.phone:
            initial["channel"] = visited.preferred_channel
    return AskOneForm(initial=initial, by=request.user)


def _find_earlier_visit(request: MemberRequest) -> Patient | None:
    """Return the patient from whose page somebody came here."""
    try:
        pk = UUID(request.GET.get("patient", ""))
    except ValueError:
        return None
    if not may(request.user, Can.SEE_PATIENTS):
        return None
    return Patient.objects.within(request.workspace).visible_to(request.user).filter(pk=pk).first()


def _add_refusal(request: MemberRequest, form: AskOneForm, refusal: ProblemError) -> Patient | None:
    """Show why the patient is not asked. Return who is asked instead, if the member may see it."""
    field = refusal.field if isinstance(refusal, AskRefusedError) else None
    if field and form[field].is_hidden:
        field = None
    form.add_error(field, str(refusal.message))
    planned = refusal.planned if isinstance(refusal, AskRefusedError) else None
    if planned is None or not may(request.user, Can.SEE_PATIENTS):
        return None
    seen = Patient.objects.within(request.workspace).visible_to(request.user)
    return seen.filter(pk=planned).first()


def _confirm(patient: Patient, at: datetime | None) -> str:
    """Return the line that says when the message leaves."""
    practice, now = patient.campaign.practice, timezone.now()
    if at is None:
        return _("%(name)s has been asked.") % {"name": patient.name}
    if at - now <= ask_one.TIME_TO_UNDO:
        return _("%(name)s: the message leaves in a few seconds.") % {"name": patient.name}
    when = ask_one.describe_time(at, practice, now=now)
    return _("%(name)s: the message leaves %(when)s.") % {"name": patient.name, "when": when}


def _remember(
    request: MemberRequest, form: AskOneForm, patient: Patient, at: datetime | None
) -> None:
    request.session[CHOICES] = {name: form[name].value() for name in REMEMBERED}
    _forget(request, patient.pk)
    entry = [str(patient.pk), at.isoformat() if at else ""]
    request.session[RECENT] = [entry, *request.session[RECENT]][:MAX_RECENT]


def _forget(request: MemberRequest, patient: UUID) -> None:
    asked = request.session.get(RECENT, [])
    request.session[RECENT] = [entry for entry in asked if entry[0] != str(patient)]


def _recent_patients(request: MemberRequest, keys: list[UUID]) -> dict[str, Patient]:
    found = Patient.objects.within(request.workspace).filter(pk__in=keys, data_deleted_at=None)
    return {str(one.pk): one for one in found.select_related("campaign__practice")}


def _find_visible(request: MemberRequest, patients: dict[str, Patient]) -> set[str]:
    """Return the keys of the patients whose pages the member may open."""
    if not patients or not may(request.user, Can.SEE_PATIENTS):
        return set()
    seen = Patient.objects.within(request.workspace).visible_to(request.user)
    return {str(pk) for pk in seen.filter(pk__in=patients).values_list("pk", flat=True)}


def _recent_context(request: MemberRequest) -> dict[str, Any]:
    """Return the last asks. Their times are in the session, so more asks need no more queries."""
    entries, now = request.session.get(RECENT, []), timezone.now()
    patients = _recent_patients(request, [UUID(pk) for pk, _at in entries]) if entries else {}
    visible = _find_visible(request, patients)
    asks = [
        RecentAsk(
            patients[pk],
            state_of(patients[pk], now),
            _describe(patients[pk], datetime.fromisoformat(at), now) if at else "",
            is_visible=pk in visible,
        )
        for pk, at in entries
        if pk in patients
    ]
    soon = now + 4 * ask_one.TIME_TO_UNDO
    leaves = {pk: datetime.fromisoformat(at) for pk, at in entries if at}
    polls = any(ask.is_waiting and leaves.get(str(ask.patient.pk), soon) < soon for ask in asks)
    return {"recent": asks, "polls": polls}


def _describe(patient: Patient, at: datetime, now: datetime) -> str:
    return "" if at <= now else ask_one.describe_time(at, patient.campaign.practice, now=now)
