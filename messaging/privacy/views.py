"""The privacy pages. They are for owners: a person's appointments are in several campaigns, and
doctors see only their own."""

import json
from copy import copy
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from messaging.assistant import consent, provider
from messaging.models import Message
from messaging.privacy import export as exporting
from messaging.privacy import person_search, retention
from messaging.privacy.anonymization import IN_FLIGHT
from messaging.privacy.forms import DaysForm, FindForm, RowsForm
from messaging.privacy.person_search import FoundPerson
from patients import erasure
from patients.models import Patient
from workspaces.access import Can, member
from workspaces.practices import workspace_time_zone
from workspaces.requests import MemberRequest


@member(Can.MANAGE_PRIVACY)
def find(request: MemberRequest) -> HttpResponse:
    """Search by POST, so that no phone or e-mail gets into a URL, a log or a history."""
    form = FindForm(request.POST or None, workspace=request.workspace)
    person = None
    if request.method == "POST" and form.is_valid():
        person = person_search.find_by_address(request.workspace, form.cleaned_data["address"])
        if person.rows:
            return redirect("person", person.rows[0].pk)
    assistant = consent.settings_of(request.workspace)
    context = {
        "form": form,
        "person": person,
        "zone": workspace_time_zone(request.workspace),
        "assistant": assistant,
        "assistant_is_on": consent.is_on(assistant),
        "recipient": provider.recipient_name(),
        "model": settings.AI_MODEL,
    }
    return render(request, "messaging/privacy/find.html", context)


@member(Can.MANAGE_PRIVACY)
def show(request: MemberRequest, patient: UUID) -> HttpResponse:
    found = _get_patient(request, patient)
    return render(
        request,
        "messaging/privacy/person.html",
        _person_context(request, found, person_search.find_by_patient(found)),
    )


@member(Can.MANAGE_PRIVACY)
def export(request: MemberRequest, patient: UUID) -> HttpResponse:
    """Export a person's data. It is recorded, so it needs a POST.

    When several people may share an address, the user first chooses the appointments.
    """
    found = _get_patient(request, patient)
    person = person_search.find_by_patient(found)
    form = RowsForm(
        request.POST or None,
        offered=person.rows,
        likely=person_search.likely_patients(person, found),
    )
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "patient": found, "person": person}
        return render(request, "messaging/privacy/export_choice.html", context)
    chosen = person_search.narrow_to(person, form.chosen())
    exported = exporting.export_person(person=chosen, patient=found, by=request.user)
    if request.POST.get("format") == "page":
        return render(
            request, "messaging/privacy/export.html", _person_context(request, found, chosen)
        )
    response = HttpResponse(
        json.dumps(exported, ensure_ascii=False, indent=2), content_type="application/json"
    )
    response["Content-Disposition"] = (
        f'attachment; filename="person-{timezone.localdate():%Y-%m-%d}.json"'
    )
    return response


@member(Can.MANAGE_PRIVACY)
def erase(request: MemberRequest, patient: UUID) -> HttpResponse:
    found = _get_patient(request, patient)
    person = person_search.find_by_patient(found)
    if not person.patients:
        return redirect("person", found.pk)
    form = RowsForm(
        request.POST or None,
        offered=person.patients,
        likely=person_search.likely_patients(person, found),
    )
    if request.method == "POST" and form.is_valid():
        erasure.erase_patients(patients=form.chosen(), spared=form.spared(), by=request.user)
        messages.success(request, _("Erased: hidden everywhere, and never written to again."))
        _warn_about_messages_in_flight(request, form.chosen())
        return redirect("person", found.pk)
    context = {
        "form": form,
        "patient": found,
        "person": person,
        "days": erasure.erasure_grace().days,
    }
    return render(request, "messaging/privacy/erase.html", context)


@member(Can.MANAGE_PRIVACY)
@require_POST
def restore(request: MemberRequest, patient: UUID) -> HttpResponse:
    found = _get_patient(request, patient)
    if erased := person_search.find_by_patient(found).erased:
        erasure.restore_patients(patients=erased, by=request.user)
        messages.success(request, _("Everything is as it was before."))
    return redirect("person", found.pk)


@member(Can.MANAGE_PRIVACY)
def retention_loss(request: MemberRequest) -> HttpResponse:
    """Show in the settings how much would be deleted if data were kept for so many days."""
    form = DaysForm(request.GET)
    if not form.is_valid():
        return HttpResponse()
    unsaved = copy(request.workspace)
    unsaved.keep_messages_days = form.cleaned_data["messages"]
    unsaved.keep_patients_days = form.cleaned_data["patients"]
    counts = retention.count_over_time(unsaved, now=timezone.now())
    return render(request, "messaging/privacy/loss.html", {"counts": counts})


def _get_patient(request: MemberRequest, patient: UUID) -> Patient:
    return get_object_or_404(request.workspace.patients.filter(anonymised_at=None), pk=patient)


def _person_context(
    request: MemberRequest, found: Patient, person: FoundPerson
) -> dict[str, object]:
    return {
        "patient": found,
        "person": person,
        "visits": person_search.find_visits(person),
        "restorable_until": _restorable_until(person),
        "zone": workspace_time_zone(request.workspace),
        "now": timezone.now(),
    }


def _restorable_until(person: FoundPerson) -> datetime | None:
    """Return when the first erasure becomes final. A restore takes back all of them together."""
    return min((erasure.ends_at(patient) for patient in person.erased), default=None)


def _warn_about_messages_in_flight(request: MemberRequest, erased: list[Patient]) -> None:
    sent = Message.objects.within(request.workspace).filter(patient__in=erased)
    if count := sent.filter(status__in=IN_FLIGHT).count():
        messages.warning(
            request,
            ngettext(
                "%(count)d message was already with the provider and may still arrive.",
                "%(count)d messages were already with the provider and may still arrive.",
                count,
            )
            % {"count": count},
        )
