"""A person's rights, for owners: a person's appointments lie in several campaigns, and doctors see
only their own."""

import json
from copy import copy
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from messaging.models import Message
from messaging.privacy import export as exporting
from messaging.privacy import person_search, retention
from messaging.privacy.anonymization import IN_FLIGHT
from messaging.privacy.forms import DaysForm, FindForm, RowsForm
from messaging.privacy.person_search import FoundPerson
from patients import erasure
from patients.models import Patient
from workspaces.access import Can, member
from workspaces.practices import home_zone
from workspaces.requests import MemberRequest


@member(Can.MANAGE_PRIVACY)
def find(request: MemberRequest) -> HttpResponse:
    """Asked by POST, so that no address stands in an address bar, a log or a history."""
    form = FindForm(request.POST or None, workspace=request.workspace)
    person = None
    if request.method == "POST" and form.is_valid():
        person = person_search.at(request.workspace, form.cleaned_data["address"])
        if person.rows:
            return redirect("person", person.rows[0].pk)
    context = {"form": form, "person": person, "zone": home_zone(request.workspace)}
    return render(request, "messaging/privacy/find.html", context)


@member(Can.MANAGE_PRIVACY)
def show(request: MemberRequest, patient: UUID) -> HttpResponse:
    row = _row(request, patient)
    return render(
        request, "messaging/privacy/person.html", _context(request, row, person_search.of(row))
    )


@member(Can.MANAGE_PRIVACY)
def export(request: MemberRequest, patient: UUID) -> HttpResponse:
    """What leaves the house is written down, so a POST asks for it. Where several people may share
    an address, somebody first says whose it is."""
    row = _row(request, patient)
    person = person_search.of(row)
    form = RowsForm(
        request.POST or None, offered=person.rows, likely=person_search.likely(person, row)
    )
    if request.method != "POST" or not form.is_valid():
        context = {"form": form, "patient": row, "person": person}
        return render(request, "messaging/privacy/export_choice.html", context)
    chosen = person_search.only(person, form.chosen())
    exported = exporting.hand_over(person=chosen, patient=row, by=request.user)
    if request.POST.get("format") == "page":
        return render(request, "messaging/privacy/export.html", _context(request, row, chosen))
    response = HttpResponse(
        json.dumps(exported, ensure_ascii=False, indent=2), content_type="application/json"
    )
    response["Content-Disposition"] = (
        f'attachment; filename="person-{timezone.localdate():%Y-%m-%d}.json"'
    )
    return response


@member(Can.MANAGE_PRIVACY)
def erase(request: MemberRequest, patient: UUID) -> HttpResponse:
    row = _row(request, patient)
    person = person_search.of(row)
    if not person.patients:
        return redirect("person", row.pk)
    form = RowsForm(
        request.POST or None, offered=person.patients, likely=person_search.likely(person, row)
    )
    if request.method == "POST" and form.is_valid():
        erasure.erase_patients(patients=form.chosen(), spared=form.spared(), by=request.user)
        messages.success(request, _("Erased: hidden everywhere, and never written to again."))
        _say_what_is_on_its_way(request, form.chosen())
        return redirect("person", row.pk)
    context = {"form": form, "patient": row, "person": person, "days": erasure.erasure_grace().days}
    return render(request, "messaging/privacy/erase.html", context)


@member(Can.MANAGE_PRIVACY)
@require_POST
def restore(request: MemberRequest, patient: UUID) -> HttpResponse:
    row = _row(request, patient)
    if erased := person_search.of(row).erased:
        erasure.restore_patients(patients=erased, by=request.user)
        messages.success(request, _("Everything is as it was before."))
    return redirect("person", row.pk)


@member(Can.MANAGE_PRIVACY)
def retention_loss(request: MemberRequest) -> HttpResponse:
    """How much would go if data were kept for so many days: for the page of the settings."""
    form = DaysForm(request.GET)
    if not form.is_valid():
        return HttpResponse()
    wished = copy(request.workspace)
    wished.keep_messages_days = form.cleaned_data["messages"]
    wished.keep_patients_days = form.cleaned_data["patients"]
    reach = retention.reach_of(wished, now=timezone.now())
    return render(request, "messaging/privacy/loss.html", {"reach": reach})


def _row(request: MemberRequest, patient: UUID) -> Patient:
    return get_object_or_404(request.workspace.patients.filter(anonymised_at=None), pk=patient)


def _context(request: MemberRequest, row: Patient, person: FoundPerson) -> dict[str, object]:
    return {
        "patient": row,
        "person": person,
        "visits": person_search.visits(person),
        "restorable_until": _restorable_until(person),
        "zone": home_zone(request.workspace),
        "now": timezone.now(),
    }


def _restorable_until(person: FoundPerson) -> datetime | None:
    """Of several erasures the first that becomes final, for a restore takes back all of them."""
    return min((erasure.ends_at(one) for one in person.erased), default=None)


def _say_what_is_on_its_way(request: MemberRequest, erased: list[Patient]) -> None:
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
