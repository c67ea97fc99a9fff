from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.utils import timezone
from django_filters import (
    BooleanFilter,
    CharFilter,
    ChoiceFilter,
    FilterSet,
    UUIDFilter,
)
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import (
    RequestSerializer,
    TextField,
    TimestampField,
    cleaned,
    mistakes_of,
    refuse,
)
from core.api.filters import MomentFilter
from core.api.idempotency import idempotent
from core.api.operations import Operation
from core.api.views import ListView, OneView, RowsView
from patients import actions
from patients.api.patient_batches import SEND, Sending
from patients.api.serializers import PatientTold
from patients.forms.people import ConsentForm, MoveForm, OptOutForm, PatientForm
from patients.models import Patient, PatientQuerySet, PatientState
from templates_app.models import Channel
from workspaces.access import Can
from workspaces.models import Language


class PatientFilters(FilterSet):
    campaign_id = UUIDFilter()
    phone = CharFilter(max_length=16)
    email = CharFilter(max_length=254, method="at_email")
    state = ChoiceFilter(choices=PatientState.choices, method="in_state")
    has_consent = BooleanFilter()
    seen_after = MomentFilter("appointment_time", lookup_expr="gte")
    seen_before = MomentFilter("appointment_time", lookup_expr="lt")

    def at_email(self, rows: PatientQuerySet, _name: str, value: str) -> PatientQuerySet:
        return rows.filter(email=value.lower())

    def in_state(self, rows: PatientQuerySet, _name: str, value: str) -> PatientQuerySet:
        return rows.in_state(value, timezone.now())


class PatientChanges(RequestSerializer):
    name = TextField(max_length=120, allow_blank=True)
    phone = TextField(max_length=16, allow_blank=True)
    email = TextField(max_length=254, allow_blank=True)
    preferred_channel = serializers.ChoiceField(choices=Channel.choices)
    language = serializers.ChoiceField(choices=Language.choices)
    appointment_time = TimestampField(help_text="Without an offset it is the practice's own time.")


class OptOutBody(RequestSerializer):
    note = TextField(max_length=200, allow_blank=True, required=False)


class ConsentBody(RequestSerializer):
    words = TextField(max_length=200, help_text="How they agreed. It stays as evidence.")


class PatientRowsView(RowsView[Patient]):
    read_scope = "patients:read"
    described_by = PatientTold
    beside = ("campaign__practice",)

    def rows(self) -> PatientQuerySet:
        return Patient.objects.within(self.workspace).visible_to(self.user)


class Patients(PatientRowsView, Sending, ListView[Patient]):
    filterset_class = PatientFilters
    is_alike = True
    operations: ClassVar = {
        "GET": Operation(
            "list_patients", "All patients, the newest first",
            scope="patients:read", permission=Can.SEE_PATIENTS,
            answers=PatientTold, is_list=True,
        ),
        "POST": SEND,
    }  # fmt: skip

    @idempotent
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """Whoever has the same phone (without one, the same e-mail) and the same appointment in the
        campaign is the same patient, and is brought up to date."""
        return self.send_one()


class OnePatient(PatientRowsView, OneView[Patient]):
    operations: ClassVar = {
        "GET": Operation(
            "get_patient", "One patient",
            scope="patients:read", permission=Can.SEE_PATIENTS, answers=PatientTold,
        ),
        "PATCH": Operation(
            "change_patient", "Change a patient, or move the appointment",
            scope="patients:write", permission=Can.SEE_PATIENTS,
            takes=PatientChanges, answers=PatientTold, may_conflict=True,
        ),
    }  # fmt: skip

    def patch(self, request: Request, patient: UUID) -> Response:  # noqa: ARG002
        """Whoever was asked already is not asked again."""
        one = self.found(patient)
        sent, mistakes = self.read(PatientChanges, partial=True)
        to = sent.pop("appointment_time", None)
        as_it_is = {
            name: getattr(one, name) for name in actions.PatientDetails.__dataclass_fields__
        }
        details, moved = PatientForm(as_it_is | sent, instance=one), _move_form(one, to)
        if sent:
            mistakes = mistakes_of(details, besides=mistakes)
        if to:
            with timezone.override(one.campaign.practice.zone):
                named = [("to", "appointment_time")]
                mistakes = mistakes_of(moved, names=named, besides=mistakes)
        refuse(mistakes)
        if sent:
            actions.change(patient=one, details=details.details(), by=self.user)
        if to:
            actions.move(patient=one, to=moved.cleaned_data["to"], by=self.user)
        return self.tagged(self.values(patient))


class OptOut(PatientRowsView):
    operations: ClassVar = {
        "POST": Operation(
            "opt_patient_out", "Never write to this person again",
            scope="patients:write", permission=Can.SEE_PATIENTS,
            takes=OptOutBody, answers=PatientTold,
        ),
    }  # fmt: skip

    @idempotent
    def post(self, request: Request, patient: UUID) -> Response:  # noqa: ARG002
        """In any campaign: it is the phone and the e-mail that are never written to."""
        one, (sent, mistakes) = self.found(patient), self.read(OptOutBody)
        form = OptOutForm(sent)
        cleaned(form, besides=mistakes)
        actions.opt_out(patient=one, by=self.user, note=form.cleaned_data["note"])
        return self.tagged(self.values(patient))


class Consent(PatientRowsView):
    operations: ClassVar = {
        "POST": Operation(
            "record_consent", "Record that they agreed",
            scope="patients:write", permission=Can.SEE_PATIENTS,
            takes=ConsentBody, answers=PatientTold,
        ),
        "DELETE": Operation(
            "withdraw_consent", "Note that they agree no more",
            scope="patients:write", permission=Can.SEE_PATIENTS,
            status=204, may_conflict=True,
        ),
    }  # fmt: skip

    @idempotent
    def post(self, request: Request, patient: UUID) -> Response:  # noqa: ARG002
        one, (sent, mistakes) = self.found(patient), self.read(ConsentBody)
        form = ConsentForm(sent)
        cleaned(form, besides=mistakes)
        actions.record_consent(patient=one, words=form.cleaned_data["words"], by=self.user)
        return self.tagged(self.values(patient))

    def delete(self, request: Request, patient: UUID) -> Response:  # noqa: ARG002
        """What was agreed to before stays as evidence."""
        actions.withdraw_consent(patient=self.found(patient), by=self.user)
        return Response(status=204)


def _move_form(one: Patient, to: datetime | None) -> MoveForm:
    """A moment without an offset is by the clock of the practice."""
    if to and timezone.is_naive(to):
        to = to.replace(tzinfo=one.campaign.practice.zone)
    return MoveForm({"to": to})
