"""Patients sent in by other systems: one, or a thousand with a result for each."""

from collections import Counter
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.models import Campaign
from core.api.fields import validate_body
from core.api.idempotency import idempotent
from core.api.problems import FieldError, invalid
from core.api.requirements import requires
from core.api.views import ApiView
from patients import upsert
from patients.api.serializers import (
    BatchResultSerializer,
    BatchSendSerializer,
    LooseBatchSerializer,
    OutcomeSerializer,
    PatientFieldsSerializer,
    PatientSendSerializer,
)
from patients.lists.problem_messages import problem_message
from patients.upsert import SentRecord, UpsertOutcome, UpsertResult
from workspaces.access import Can

# The field that a reason is about. For other reasons the details name a column, or none.
FIELDS = {
    "unreachable": "phone",
    "phone_invalid": "phone",
    "phone_eaten": "phone",
    "phone_landline": "phone",
    "email_invalid": "email",
    "phone_unused": "phone",
    "email_unused": "email",
    "time_missing": "appointment_time",
    "time_invalid": "appointment_time",
    "time_far": "appointment_time",
    "channel_unknown": "preferred_channel",
    "language_unknown": "language",
    "name_too_long": "name",
    "name_with_address": "name",
}

NO_CAMPAIGN = FieldError("campaign_id", "does_not_exist", "")


class SendPatientsMixin(ApiView):
    """Sends patients into a campaign that the caller may see."""

    def upsert(self, campaign: Campaign | None, records: list[SentRecord]) -> list[UpsertResult]:
        if campaign is None:
            raise invalid([NO_CAMPAIGN])
        source = f"API: {self.key.name}" if self.key else "API"
        return upsert.upsert_patients(campaign=campaign, sent=records, by=self.user, source=source)

    def find_campaign(self, pk: UUID) -> Campaign | None:
        visible = Campaign.objects.within(self.workspace).visible_to(self.user)
        campaign = visible.select_related("practice").filter(pk=pk).first()
        if campaign:
            campaign.workspace = self.workspace
        return campaign

    def upsert_one(self) -> Response:
        data, errors = self.read_body(PatientSendSerializer)
        pk = data.pop("campaign_id", None)
        campaign = self.find_campaign(pk) if pk else None
        if errors:
            unknown = [NO_CAMPAIGN] if pk and campaign is None else []
            raise invalid(_add_refusal([*errors, *unknown], data, campaign))
        (result,) = self.upsert(campaign, [SentRecord(0, data)])
        if result.outcome is UpsertOutcome.REFUSED:
            raise invalid([_result_error(result)])
        status = 201 if result.outcome is UpsertOutcome.CREATED else 200
        return Response(OutcomeSerializer(_describe_outcome(result)).data, status=status)


class PatientBatchView(SendPatientsMixin):
    serializer_class = BatchResultSerializer

    @extend_schema(
        operation_id="send_patients", summary="Send in up to 1,000 patients",
        request=BatchSendSerializer, responses={200: BatchResultSerializer},
    )  # fmt: skip
    @requires("patients:write", Can.UPLOAD_LISTS)
    @idempotent
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """Each patient has a result. One that is refused does not affect the others."""
        batch = self.valid_body(LooseBatchSerializer)
        campaign = self.find_campaign(batch["campaign_id"])
        records, refused = _validate_each(batch["patients"], campaign)
        results = self.upsert(campaign, records) if records else []
        items = {result.row: _describe_item(result) for result in results} | refused
        counts = Counter({outcome.value: 0 for outcome in UpsertOutcome})
        counts.update(item["status"] for item in items.values())
        data = {**counts, "results": [items[index] for index in sorted(items)]}
        return Response(self.get_serializer(data).data)


def _validate_each(
    patients: list[Any], campaign: Campaign | None
) -> tuple[list[SentRecord], dict[int, dict[str, Any]]]:
    """Return the valid patients, and the results of the others by their index."""
    records, refused = list[SentRecord](), dict[int, dict[str, Any]]()
    serializer = PatientFieldsSerializer()
    for index, patient in enumerate(patients):
        try:
            records.append(SentRecord(index, serializer.run_validation(patient)))
        except ValidationError:
            data, errors = validate_body(patient, PatientFieldsSerializer)
            refused[index] = _describe_refusal(index, _add_refusal(errors, data, campaign))
    return records, refused


def _add_refusal(
    errors: list[FieldError], data: dict[str, Any], campaign: Campaign | None
) -> list[FieldError]:
    """Add why a list with these valid fields would be refused, unless that field has an error."""
    refusal = upsert.find_refusal(campaign, data) if campaign and data else None
    if refusal is None:
        return errors
    error = _reason_error(refusal.reason, refusal.details)
    return errors if error.field in {known.field for known in errors} else [*errors, error]


def _describe_item(result: UpsertResult) -> dict[str, Any]:
    if result.outcome is UpsertOutcome.REFUSED:
        return _describe_refusal(result.row, [_result_error(result)])
    return {"index": result.row, **_describe_outcome(result), "mistakes": []}


def _describe_refusal(index: int, errors: list[FieldError]) -> dict[str, Any]:
    return {
        "index": index,
        "status": UpsertOutcome.REFUSED,
        "id": None,
        "will_be_asked": False,
        "ask_at": None,
        "reason": None,
        "warnings": [],
        "mistakes": [vars(error) for error in errors],
    }


def _describe_outcome(result: UpsertResult) -> dict[str, Any]:
    return {
        "status": result.outcome,
        "id": result.id,
        "will_be_asked": result.reason is None,
        "ask_at": result.ask_at,
        "reason": result.reason,
        "warnings": [vars(_reason_error(result.warning, result.details))] if result.warning else [],
    }


def _result_error(result: UpsertResult) -> FieldError:
    return _reason_error(result.reason or "", result.details)


def _reason_error(reason: str, details: Mapping[str, Any]) -> FieldError:
    field = FIELDS.get(reason) or details.get("column", "")
    return FieldError(field, reason, problem_message(reason, dict(details)))
