"""The list of patients, the page of one, and the actions there."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import csv_exports
from core.errors import ProblemError
from core.paging import newest_first, render_partial
from patients import actions, holds, search
from patients.doctors.spellings import shown_name_of
from patients.forms.people import ConsentForm, MoveForm, OptOutForm, PatientForm, SearchForm
from patients.listed_ratings import (
    RatingFilter,
    annotate_ratings,
    narrow_to_rating,
    rating_of,
)
from patients.lists.problem_messages import problem_message
from patients.models import Patient, PatientQuerySet
from patients.standing import others_of, standing_of
from patients.states import state_of
from workspaces.access import Can, member
from workspaces.practices import workspace_time_zone
from workspaces.requests import MemberRequest

SIZE = 25
COLUMNS: list[csv_exports.Column[Patient]] = [
    (gettext_lazy("Name"), lambda one: one.name),
    (gettext_lazy("Phone"), lambda one: one.phone),
    (gettext_lazy("E-mail"), lambda one: one.email),
    (gettext_lazy("Appointment"), lambda one: one.appointment_time),
    (gettext_lazy("Kind of appointment"), lambda one: one.appointment_type),
    (gettext_lazy("Doctor"), lambda one: one.shown_doctor),  # type: ignore[attr-defined]  # annotated
    (gettext_lazy("Campaign"), lambda one: one.campaign.name),
    (gettext_lazy("Practice"), lambda one: one.campaign.practice.name),
    (gettext_lazy("Channel"), lambda one: one.get_preferred_channel_display()),
    (gettext_lazy("Language"), lambda one: one.get_language_display()),
    (gettext_lazy("State"), lambda one: state_of(one, timezone.now()).label),
    (gettext_lazy("Asked"), lambda one: one.asked_at),
    (gettext_lazy("Rating"), rating_of),
]
OTHERS = 20


def visible(request: MemberRequest) -> PatientQuerySet:
    everyones = Patient.objects.within(request.workspace).visible_to(request.user)
    return everyones.select_related("campaign__practice")


def found(request: MemberRequest, key: UUID) -> Patient:
    one: Patient = get_object_or_404(visible(request).select_related("source"), pk=key)
    one.workspace = request.workspace
    return one


@member(Can.SEE_PATIENTS)
def index(request: MemberRequest) -> HttpResponseBase:
    form, now = SearchForm(request.GET, by=request.user), timezone.now()
    asked = form.cleaned_data if form.is_valid() else {}
    patients = visible(request)
    if asked.get("campaign"):
        patients = patients.filter(campaign=asked["campaign"])
    if asked.get("state"):
        patients = patients.in_state(asked["state"], now)
    if asked.get("rating"):
        patients = narrow_to_rating(patients, RatingFilter(asked["rating"]))
    meant = search.search_patients(
        annotate_ratings(patients), workspace=request.workspace, typed=asked.get("q", "")
    )
    if csv_exports.is_csv_wanted(request):
        return csv_exports.download(
            meant.annotate(shown_doctor=shown_name_of()),
            COLUMNS,
            name=_("patients"),
            zone=workspace_time_zone(request.workspace),
        )
    page = newest_first(meant, request, size=SIZE, by="appointment_time")
    context = {
        "form": form,
        "page": page,
        "rows": [(one, state_of(one, now), rating_of(one)) for one in page.rows],
        "is_filtered": any(asked.values()),
    }
    return render_partial(request, "patients/patients.html", "list", context)


@member(Can.SEE_PATIENTS)
def detail(request: MemberRequest, patient: UUID) -> HttpResponse:
    one = found(request, patient)
    stands = standing_of(one)
    others = visible(request).filter(others_of(one)).order_by("-appointment_time", "-pk")
    context = {
        "patient": one,
        "zone": one.campaign.practice.zone,
        "stands": stands,
        "doubt": holds.open_hold_of(one),
        "why_not": problem_message(stands.reason, {}) if stands.reason else "",
        "others": [(other, state_of(other, timezone.now())) for other in others[:OTHERS]],
    }
    return render(request, "patients/patient.html", context)


@member(Can.SEE_PATIENTS)
def edit(request: MemberRequest, patient: UUID) -> HttpResponse:
    one = found(request, patient)
    form = PatientForm(request.POST or None, instance=one)
    if request.method == "POST" and form.is_valid():
        try:
            actions.change(
                patient=one,
                details=form.details(),
                by=request.user,
                seen_at=form.seen_at(),
            )
        except ProblemError as problem:
            form.add_error(None, problem.message)
            form.accept_changes_of_others()
        else:
            messages.success(request, _("Your changes are saved."))
            return redirect("patient", one.pk)
    return render(request, "patients/patient_edit.html", {"form": form, "patient": one})


@member(Can.SEE_PATIENTS)
def move(request: MemberRequest, patient: UUID) -> HttpResponse:
    one = found(request, patient)
    zone = one.campaign.practice.zone
    with timezone.override(zone):
        form = MoveForm(request.POST or None, initial={"to": one.appointment_time})
        if request.method == "POST" and form.is_valid():
            try:
                actions.move(patient=one, to=form.cleaned_data["to"], by=request.user)
            except ProblemError as problem:
                form.add_error("to", problem.message)
            else:
                messages.success(request, _("The appointment is moved."))
                return redirect("patient", one.pk)
        context = {"form": form, "patient": one, "zone": zone}
        return render(request, "patients/patient_move.html", context)


@member(Can.SEE_PATIENTS)
def opt_out(request: MemberRequest, patient: UUID) -> HttpResponse:
    one = found(request, patient)
    form = OptOutForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.opt_out(patient=one, by=request.user, note=form.cleaned_data["note"])
        messages.success(request, _("Nothing is sent to them again, from any campaign."))
        return redirect("patient", one.pk)
    return render(request, "patients/patient_opt_out.html", {"form": form, "patient": one})


@member(Can.SEE_PATIENTS)
def consent(request: MemberRequest, patient: UUID) -> HttpResponse:
    """Record a consent, or withdraw the one that there is."""
    one = found(request, patient)
    if one.has_consent:
        return _withdraw_consent(request, one)
    form = ConsentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.record_consent(patient=one, words=form.cleaned_data["words"], by=request.user)
        messages.success(request, _("Their consent is recorded."))
        return redirect("patient", one.pk)
    return render(request, "patients/patient_consent.html", {"form": form, "patient": one})


def _withdraw_consent(request: MemberRequest, one: Patient) -> HttpResponse:
    if request.method == "POST":
        actions.withdraw_consent(patient=one, by=request.user)
        messages.success(request, _("Their consent is withdrawn: they are not asked."))
        return redirect("patient", one.pk)
    return render(request, "patients/patient_withdraw.html", {"patient": one})
