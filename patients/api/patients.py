from datetime import datetime
from typing import ClassVar
from uuid import UUID

from django.db.models import F
from django.utils import timezone
from django_filters import (
    BooleanFilter,
    CharFilter,
    ChoiceFilter,
    FilterSet,
    UUIDFilter,
)
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import (
    RequestSerializer,
    StrictCharField,
    TimestampField,
    clean_form,
    find_form_errors,
    raise_errors,
)
from core.api.filters import TimestampFilter
from core.api.idempotency import idempotent
from core.api.requirements import requires
from core.api.views import ApiView, ColumnListView, DetailView
from patients import actions
from patients.api.patient_batches import SendPatientsMixin
from patients.api.serializers import OutcomeSerializer, PatientSendSerializer, PatientSerializer
from patients.forms.people import ConsentForm, MoveForm, OptOutForm, PatientForm
from patients.models import Patient, PatientQuerySet, PatientState
from templates_app.models import Channel
from workspaces.access import Can
from workspaces.models import Language


class PatientFilterSet(FilterSet):
    campaign_id = UUIDFilter()
    phone = CharFilter(max_length=16)
    email = CharFilter(max_length=254, method="filter_email")
    state = ChoiceFilter(choices=PatientState.choices, method="filter_state")
    has_consent = BooleanFilter()
    seen_after = TimestampFilter("appointment_time", lookup_expr="gte")
    seen_before = TimestampFilter("appointment_time", lookup_expr="lt")

    def filter_email(self, rows: PatientQuerySet, _name: str, value: str) -> PatientQuerySet:
        return rows.filter(email=value.lower())

    def filter_state(self, rows: PatientQuerySet, _name: str, value: str) -> PatientQuerySet:
        return rows.in_state(value, timezone.now())


class PatientChangeSerializer(RequestSerializer):
    name = StrictCharField(max_length=120, allow_blank=True)
    phone = StrictCharField(max_length=16, allow_blank=True)
    email = StrictCharField(max_length=254, allow_blank=True)
    preferred_channel = serializers.ChoiceField(choices=Channel.choices)
    language = serializers.ChoiceField(choices=Language.choices)
    appointment_time = TimestampField(
        help_text="Without an offset it is in the practice's time zone."
    )


class OptOutSerializer(RequestSerializer):
    note = StrictCharField(max_length=200, allow_blank=True, required=False)


class ConsentSerializer(RequestSerializer):
    words = StrictCharField(
        max_length=200, help_text="How the patient agreed. It is kept as evidence."
    )


class PatientBaseView(ApiView):
    read_scope = "patients:read"
    serializer_class = PatientSerializer
    lookup_url_kwarg = "patient"

    def get_queryset(self) -> PatientQuerySet:
        return Patient.objects.within(self.workspace).visible_to(self.user)


class PatientWithPracticeView(PatientBaseView):
    def get_queryset(self) -> PatientQuerySet:
        return super().get_queryset().select_related("campaign__practice")


class PatientListView(PatientBaseView, SendPatientsMixin, ColumnListView):
    filterset_class = PatientFilterSet
    fields: ClassVar = PatientSerializer.Meta.fields
    renamed: ClassVar = {"import_id": F("source_id")}

    @extend_schema(operation_id="list_patients", summary="All patients, the newest first")
    @requires("patients:read", Can.SEE_PATIENTS)
    def get(self, request: Request) -> Response:
        return self.list(request)

    @extend_schema(
        operation_id="send_patient", summary="Send in a patient", request=PatientSendSerializer,
        responses={200: OutcomeSerializer, 201: OutcomeSerializer},
    )  # fmt: skip
    @requires("patients:write", Can.UPLOAD_LISTS)
    @idempotent
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """A patient with the same phone (without one, the same e-mail) and the same appointment in
        the campaign is updated."""
        return self.upsert_one()


class PatientDetailView(PatientWithPracticeView, DetailView):
    @extend_schema(operation_id="get_patient", summary="One patient")
    @requires("patients:read", Can.SEE_PATIENTS)
    def get(self, request: Request, patient: UUID) -> Response:  # noqa: ARG002
        return self.retrieve(request)

    @extend_schema(
        operation_id="change_patient", summary="Change a patient, or move the appointment",
        request=PatientChangeSerializer,
    )  # fmt: skip
    @requires("patients:write", Can.SEE_PATIENTS)
    def patch(self, request: Request, patient: UUID) -> Response:  # noqa: ARG002
        """A patient who was asked already is not asked again."""
        row = self.get_object_for_update()
        data, errors = self.read_body(PatientChangeSerializer, partial=True)
        appointment_time = data.pop("appointment_time", None)
        stored = {name: getattr(row, name) for name in actions.PatientDetails.__dataclass_fields__}
        form, move_form = (
            PatientForm(stored | data, instance=row),
            _move_form(row, appointment_time),
        )
        if data:
            errors = find_form_errors(form, known=errors)
        if appointment_time:
            with timezone.override(row.campaign.practice.zone):
                names = [("to", "appointment_time")]
                errors = find_form_errors(move_form, field_names=names, known=errors)
        raise_errors(errors)
        if data:
            actions.change(patient=row, details=form.details(), by=self.user)
        if appointment_time:
            actions.move(patient=row, to=move_form.cleaned_data["to"], by=self.user)
        return self.object_response(patient)


class OptOutView(PatientWithPracticeView):
    @extend_schema(
        operation_id="opt_patient_out", summary="Opt a patient out",
        request=OptOutSerializer,
    )  # fmt: skip
    @requires("patients:write", Can.SEE_PATIENTS)
    @idempotent
    def post(self, request: Request, patient: UUID) -> Response:  # noqa: ARG002
        """The phone and the e-mail get no more messages, in any campaign."""
        row = self.get_object_for_update()
        data, errors = self.read_body(OptOutSerializer)
        note = clean_form(OptOutForm(data), known=errors)["note"]
        actions.opt_out(patient=row, by=self.user, note=note)
        return self.object_response(patient)


class ConsentView(PatientWithPracticeView):
    @extend_schema(
        operation_id="record_consent", summary="Record consent", request=ConsentSerializer
    )
    @requires("patients:write", Can.SEE_PATIENTS)
    @idempotent
    def post(self, request: Request, patient: UUID) -> Response:  # noqa: ARG002
        row = self.get_object_for_update()
        data, errors = self.read_body(ConsentSerializer)
        words = clean_form(ConsentForm(data), known=errors)["words"]
        actions.record_consent(patient=row, words=words, by=self.user)
        return self.object_response(patient)

    @extend_schema(
        operation_id="withdraw_consent", summary="Withdraw consent",
        responses={204: None},
    )  # fmt: skip
    @requires("patients:write", Can.SEE_PATIENTS)
    def delete(self, request: Request, patient: UUID) -> Response:  # noqa: ARG002
        """The earlier consent is kept as evidence."""
        actions.withdraw_consent(patient=self.get_object_for_update(), by=self.user)
        return Response(status=204)


def _move_form(patient: Patient, to: datetime | None) -> MoveForm:
    """Fill the form of a moved appointment. A time without an offset is the practice's own."""
    if to and timezone.is_naive(to):
        to = to.replace(tzinfo=patient.campaign.practice.zone)
    return MoveForm({"to": to})
