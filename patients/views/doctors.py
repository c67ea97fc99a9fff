"""The doctors of the clinic: their names to review, and a page for each."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import pictures
from core.errors import ProblemError
from core.request_bodies import accepts_body
from patients.doctors import editing, merging
from patients.doctors.listing import ListedDoctor, get_doctor, list_doctors
from patients.doctors.reach import may_change_reach
from patients.doctors.similarity import suggest_reviews
from patients.doctors.spellings import find_rows
from patients.forms.doctors import DoctorForm, MergeForm, NewDoctorForm, PhotoForm
from patients.models import Doctor
from workspaces.access import Can, member
from workspaces.requests import MemberRequest


@member(Can.MANAGE_WORKSPACE)
def index(request: MemberRequest) -> HttpResponse:
    doctors = list_doctors(request.workspace)
    by_row = {one.row: one for one in doctors if one.row and _may_regroup(request, one)}
    reviews = [
        (by_row[suggestion.doctor], [by_row[one] for one in suggestion.similar])
        for suggestion in suggest_reviews(by_row)
    ]
    context = {"doctors": doctors, "reviews": reviews, "form": NewDoctorForm()}
    return render(request, "patients/doctors.html", context)


@member(Can.MANAGE_WORKSPACE)
@require_POST
def add(request: MemberRequest) -> HttpResponse:
    form = NewDoctorForm(request.POST)
    if not form.is_valid():
        raise ProblemError(" ".join(map(str, form.errors["name"])))
    doctor = editing.add_doctor(
        workspace=request.workspace, name=form.cleaned_data["name"], by=request.user
    )
    messages.success(request, _("%(name)s was added.") % {"name": doctor.shown})
    return redirect("doctor", doctor.pk)


@member(Can.MANAGE_WORKSPACE)
def edit(request: MemberRequest, doctor: UUID) -> HttpResponse:
    found = _get_row(request, doctor)
    if found.shown_as_id:
        return redirect("doctor", found.shown_as_id)
    form = _form(request, get_doctor(found), data=request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            editing.change_doctor(doctor=found, details=form.details(), by=request.user)
        except ProblemError as problem:
            form.add_error(None, problem.message)
        else:
            messages.success(request, _("Your changes are saved."))
            return redirect("doctors")
    return _show(request, found, form=form)


@member(Can.MANAGE_WORKSPACE)
@require_POST
def merge(request: MemberRequest, doctor: UUID) -> HttpResponse:
    """Merge the doctor into the one that was chosen, whose page is shown then."""
    found = _get_row(request, doctor)
    form = MergeForm(request.POST, others=list_doctors(request.workspace))
    if not form.is_valid():
        raise ProblemError(_("Choose the doctor whose name is shown from now on."))
    into = _get_row(request, form.cleaned_data["into"])
    merging.merge_doctors(doctor=found, into=into, by=request.user)
    messages.success(
        request,
        _("%(spelling)s now counts as %(doctor)s. You can undo this on the doctor’s page.")
        % {"spelling": found.shown, "doctor": into.shown},
    )
    if "review" in request.POST:
        return redirect("doctors")
    return redirect("doctor", into.person_id)


@member(Can.MANAGE_WORKSPACE)
@require_POST
def separate(request: MemberRequest, doctor: UUID) -> HttpResponse:
    found = _get_row(request, doctor)
    merging.separate_doctor(doctor=found, by=request.user)
    messages.success(request, _("%(name)s is a separate doctor again.") % {"name": found.shown})
    return redirect("doctors")


@member(Can.MANAGE_WORKSPACE)
@require_POST
def keep_apart(request: MemberRequest, doctor: UUID) -> HttpResponse:
    found = _get_row(request, doctor)
    merging.keep_apart(doctor=found, by=request.user)
    messages.success(request, _("%(name)s stays a separate doctor.") % {"name": found.shown})
    return redirect("doctors")


@member(Can.MANAGE_WORKSPACE)
@require_POST
@accepts_body(pictures.MAX_FORM_BYTES)
def photo(request: MemberRequest) -> HttpResponse:
    form = PhotoForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show_refused(request, form)
    doctor = editing.save_photo(
        workspace=request.workspace,
        name=form.cleaned_data["name"],
        photo=form.cleaned_data["photo"],
        by=request.user,
    )
    messages.success(request, _("The photo of %(name)s is saved.") % {"name": doctor.shown})
    return redirect("doctor", doctor.pk)


@member(Can.MANAGE_WORKSPACE)
@require_POST
def remove_photo(request: MemberRequest, doctor: UUID) -> HttpResponse:
    found = _get_row(request, doctor)
    editing.remove_photo(doctor=found, by=request.user)
    messages.success(request, _("The photo of %(name)s is removed.") % {"name": found.shown})
    return redirect("doctor", found.pk)


def _get_row(request: MemberRequest, doctor: UUID) -> Doctor:
    return get_object_or_404(Doctor.objects.within(request.workspace), pk=doctor)


def _show_refused(request: MemberRequest, photo_form: PhotoForm) -> HttpResponse:
    rows = find_rows(request.workspace, photo_form.data.get("name", ""))
    if not rows:
        raise ProblemError(_("Choose a photo."))
    return _show(request, rows[0], photo_form=photo_form)


def _show(
    request: MemberRequest,
    found: Doctor,
    *,
    form: DoctorForm | None = None,
    photo_form: PhotoForm | None = None,
) -> HttpResponse:
    shown = list_doctors(request.workspace)
    doctor = next((one for one in shown if one.row == found), None) or get_doctor(found)
    may_regroup = _may_regroup(request, doctor)
    others = [one for one in shown if one.row != found and _may_regroup(request, one)]
    context = {
        "form": form or _form(request, doctor),
        "photo_form": photo_form or PhotoForm(),
        "doctor": doctor,
        "may_regroup": may_regroup,
        "merge_form": MergeForm(others=others if may_regroup else []),
    }
    return render(request, "patients/doctor.html", context)


def _form(
    request: MemberRequest, doctor: ListedDoctor, *, data: QueryDict | None = None
) -> DoctorForm:
    return DoctorForm(data, workspace=request.workspace, doctor=doctor, by=request.user)


def _may_regroup(request: MemberRequest, doctor: ListedDoctor) -> bool:
    return doctor.member is None or may_change_reach(request.user)
