"""The serializers of patients, which several views share."""

from typing import Any

from rest_framework import serializers

from core.api.fields import (
    RequestSerializer,
    StrictBooleanField,
    StrictCharField,
    StrictUUIDField,
    TimestampField,
)
from core.api.schema import FieldErrorSerializer
from core.api.serializers import ModelSerializer, UtcDateTimeField
from patients.lists.problem_messages import REASONS_NOT_TO_ASK
from patients.models import Patient
from patients.people.facts import MAX_DOCTOR, MAX_EVIDENCE, MAX_NAME, MAX_TYPE
from patients.upsert import MAX_RECORDS, UpsertOutcome
from templates_app.models import Channel
from workspaces.models import Language

REASONS = [*REASONS_NOT_TO_ASK]


class PatientSerializer(ModelSerializer[Patient]):
    """One appointment of one person in one campaign."""

    campaign_id = serializers.UUIDField()
    import_id = serializers.UUIDField(
        source="source_id", allow_null=True, help_text="The list that the patient came with."
    )
    email = serializers.CharField()

    class Meta:
        model = Patient
        fields = (
            "id",
            "campaign_id",
            "import_id",
            "name",
            "phone",
            "email",
            "appointment_time",
            "appointment_type",
            "doctor_name",
            "preferred_channel",
            "language",
            "has_consent",
            "consent_at",
            "consent_words",
            "did_not_happen",
            "opted_out_at",
            "asked_at",
            "review_clicked_at",
            "created_at",
            "updated_at",
        )


class PatientFieldsSerializer(RequestSerializer):
    """A field of a known patient that is not sent keeps its value."""

    name = StrictCharField(max_length=MAX_NAME, allow_blank=True, required=False)
    phone = StrictCharField(
        max_length=40, allow_blank=True, required=False,
        help_text="A mobile number. Without a country code it is in the practice's country.",
    )  # fmt: skip
    email = StrictCharField(max_length=254, allow_blank=True, required=False)
    appointment_time = TimestampField(
        help_text="Without an offset it is in the practice's time zone."
    )
    appointment_type = StrictCharField(max_length=MAX_TYPE, allow_blank=True, required=False)
    doctor_name = StrictCharField(max_length=MAX_DOCTOR, allow_blank=True, required=False)
    preferred_channel = serializers.ChoiceField(choices=Channel.choices, required=False)
    language = serializers.ChoiceField(
        choices=Language.choices, required=False, help_text="The workspace's language by default."
    )
    has_consent = StrictBooleanField(
        required=False, help_text="Patients without consent are not asked."
    )
    consent_words = StrictCharField(
        max_length=MAX_EVIDENCE, allow_blank=True, required=False,
        help_text="How the patient agreed. It is kept as evidence.",
    )  # fmt: skip
    did_not_happen = StrictBooleanField(
        required=False,
        help_text="The appointment was cancelled or missed. The patient is not asked until it is"
        " false.",
    )


class PatientSendSerializer(PatientFieldsSerializer):
    campaign_id = StrictUUIDField()


class BatchSendSerializer(RequestSerializer):
    campaign_id = StrictUUIDField()
    patients = serializers.ListField(
        child=PatientFieldsSerializer(), min_length=1, max_length=MAX_RECORDS
    )


class LooseBatchSerializer(RequestSerializer):
    """A batch whose patients are not validated yet: each is validated on its own later."""

    campaign_id = StrictUUIDField()
    patients = serializers.ListField(
        child=serializers.JSONField(), min_length=1, max_length=MAX_RECORDS
    )


class OutcomeSerializer(serializers.Serializer[Any]):
    """What became of a patient that was sent."""

    status = serializers.ChoiceField(choices=[(one.value, one.name) for one in UpsertOutcome])
    id = serializers.UUIDField(allow_null=True)
    will_be_asked = serializers.BooleanField()
    ask_at = UtcDateTimeField(
        allow_null=True, help_text="The earliest time at which the patient is asked."
    )
    reason = serializers.ChoiceField(
        choices=REASONS, allow_null=True, help_text="Why the patient will not be asked."
    )
    warnings = FieldErrorSerializer(
        many=True, help_text="What was left out although the patient was accepted."
    )


class BatchItemSerializer(OutcomeSerializer):
    index = serializers.IntegerField(help_text="Its position in the request, from 0.")
    mistakes = FieldErrorSerializer(many=True, help_text="Why it was refused.")


class BatchResultSerializer(serializers.Serializer[Any]):
    created = serializers.IntegerField()
    updated = serializers.IntegerField()
    unchanged = serializers.IntegerField()
    repeated = serializers.IntegerField()
    refused = serializers.IntegerField()
    results = BatchItemSerializer(many=True)
