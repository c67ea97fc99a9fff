"""The photos of the doctors whom lists name."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from core import pictures
from core.request_bodies import accepts_body
from patients import doctors
from patients.forms.doctors import PhotoForm
from patients.models import Doctor
from workspaces.access import Can, member
from workspaces.requests import MemberRequest


@member(Can.MANAGE_WORKSPACE)
def index(request: MemberRequest) -> HttpResponse:
    return _show(request, PhotoForm())


@member(Can.MANAGE_WORKSPACE)
@require_POST
@accepts_body(pictures.MAX_FORM_BYTES)
def photo(request: MemberRequest) -> HttpResponse:
    form = PhotoForm(request.POST, request.FILES)
    if not form.is_valid():
        return _show(request, form)
    doctor = doctors.save_photo(
        workspace=request.workspace,
        name=form.cleaned_data["name"],
        photo=form.cleaned_data["photo"],
        by=request.user,
    )
    messages.success(request, _("The photo of %(name)s is saved.") % {"name": doctor.name})
    return redirect("doctors")


@member(Can.MANAGE_WORKSPACE)
@require_POST
def remove_photo(request: MemberRequest, doctor: UUID) -> HttpResponse:
    found = get_object_or_404(Doctor.objects.within(request.workspace), pk=doctor)
    doctors.remove_photo(doctor=found, by=request.user)
    messages.success(request, _("The photo of %(name)s is removed.") % {"name": found.name})
    return redirect("doctors")


def _show(request: MemberRequest, form: PhotoForm) -> HttpResponse:
    context = {"form": form, "doctors": doctors.list_doctors(request.workspace)}
    return render(request, "patients/doctors.html", context)
