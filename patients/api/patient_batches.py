"""Patients sent in by other systems: one, or a thousand with a result for each."""

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from campaigns.models import Campaign
from core.api.fields import read
from core.api.idempotency import idempotent
from core.api.operations import Operation
from core.api.problems import FieldError, invalid
from core.api.views import ApiView
from patients import upsert
from patients.api.serializers import (
    BatchBody,
    BatchTold,
    LooseBatch,
    OutcomeTold,
    PatientBody,
    PatientFields,
)
from patients.lists.problem_messages import problem_message
from patients.upsert import SentRecord, UpsertOutcome, UpsertResult
from workspaces.access import Can

# Which field a reason is about; of the others the details say it, or it is the whole patient.
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

SEND = Operation(
    "send_patient", "Send in a patient",
    scope="patients:write", permission=Can.UPLOAD_LISTS,
    takes=PatientBody, answers=OutcomeTold, also={201: OutcomeTold},
)  # fmt: skip


class Sending(ApiView):
    def send(self, campaign: Campaign | None, sent: list[SentRecord]) -> list[UpsertResult]:
        if campaign is None:
            raise invalid([NO_CAMPAIGN])
        return upsert.upsert_patients(
            campaign=campaign, sent=sent, by=self.user, source=self.evidence()
        )

    def campaign(self, key: UUID) -> Campaign | None:
        visible = Campaign.objects.within(self.workspace).visible_to(self.user)
        campaign = visible.select_related("practice").filter(pk=key).first()
        if campaign:
            campaign.workspace = self.workspace
        return campaign

    def evidence(self) -> str:
        return f"API: {self.key.name}" if self.key else "API"

    def send_one(self) -> Response:
        """Whoever has the same phone (without one, the same e-mail) and the same appointment in
        the campaign is the same patient and is brought up to date."""
        values, mistakes = self.read(PatientBody)
        key = values.pop("campaign_id", None)
        campaign = self.campaign(key) if key else None
        if mistakes:
            unknown = [NO_CAMPAIGN] if key and campaign is None else []
            raise invalid(_with_refusal([*mistakes, *unknown], values, campaign))
        (result,) = self.send(campaign, [SentRecord(0, values)])
        if result.outcome is UpsertOutcome.REFUSED:
            raise invalid([mistake(result)])
        return Response(
            outcome(result), status=201 if result.outcome is UpsertOutcome.CREATED else 200
        )


class Batches(Sending):
    operations: ClassVar = {
        "POST": Operation(
            "send_patients", "Send in up to 1,000 patients",
            scope="patients:write", permission=Can.UPLOAD_LISTS,
            takes=BatchBody, answers=BatchTold,
        ),
    }  # fmt: skip

    @idempotent
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """Each has a result of its own: one that cannot be taken stops none of the others."""
        batch = self.body(LooseBatch)
        campaign = self.campaign(batch["campaign_id"])
        sent, refused = _looked_at(batch["patients"], campaign)
        results = self.send(campaign, sent) if sent else []
        told = {result.row: item(result) for result in results} | refused
        counts = {one.value: 0 for one in UpsertOutcome}
        for one in told.values():
            counts[one["status"]] += 1
        return Response({**counts, "results": [told[index] for index in sorted(told)]})


def _looked_at(
    patients: list[Any], campaign: Campaign | None
) -> tuple[list[SentRecord], dict[int, dict[str, Any]]]:
    """Those that are as described, and what is to be said of the others."""
    sent, refused, serializer = list[SentRecord](), dict[int, dict[str, Any]](), PatientFields()
    for index, patient in enumerate(patients):
        try:
            sent.append(SentRecord(index, serializer.run_validation(patient)))
        except ValidationError:
            values, mistakes = read(patient, PatientFields)
            mistakes = _with_refusal(mistakes, values, campaign)
            refused[index] = _refused(index, [vars(one) for one in mistakes])
    return sent, refused


def _with_refusal(
    mistakes: list[FieldError], values: dict[str, Any], campaign: Campaign | None
) -> list[FieldError]:
    """Add what a list would refuse in the rest, unless its field is wrong already."""
    refusal = upsert.find_refusal(campaign, values) if campaign and values else None
    if refusal is None:
        return mistakes
    found = _mistake(refusal.reason, refusal.details)
    return mistakes if found.field in {one.field for one in mistakes} else [*mistakes, found]


def item(result: UpsertResult) -> dict[str, Any]:
    if result.outcome is UpsertOutcome.REFUSED:
        return _refused(result.row, [vars(mistake(result))])
    return {"index": result.row, **outcome(result), "mistakes": []}


def _refused(index: int, mistakes: list[dict[str, Any]]) -> dict[str, Any]:
    nothing: dict[str, Any] = {
        "id": None,
        "will_be_asked": False,
        "ask_at": None,
        "reason": None,
        "warnings": [],
    }
    return {"index": index, "status": UpsertOutcome.REFUSED, **nothing, "mistakes": mistakes}


def outcome(result: UpsertResult) -> dict[str, Any]:
    return {
        "status": result.outcome,
        "id": result.id,
        "will_be_asked": result.reason is None,
        "ask_at": result.ask_at,
        "reason": result.reason,
        "warnings": [vars(mistake(result, result.warning))] if result.warning else [],
    }


def mistake(result: UpsertResult, reason: str | None = None) -> FieldError:
    return _mistake(reason or result.reason or "", result.details)


def _mistake(reason: str, details: Mapping[str, Any]) -> FieldError:
    field = FIELDS.get(reason) or details.get("column", "")
    return FieldError(field, reason, problem_message(reason, dict(details)))
