"""Export everything that is held about a person. docs/privacy.md explains every key.

The only other person in it is the one who recorded the consent, which is part of its evidence.
"""

import base64
from datetime import datetime, tzinfo
from typing import Any

from django.db import transaction
from django.utils import timezone

from core import audit
from messaging.models import (
    AssistantCall,
    ConversationNote,
    Feedback,
    HiddenNumber,
    InboundAttachment,
    InboundMessage,
    Message,
    TextLabels,
)
from messaging.privacy.person_search import FoundPerson, FoundVisit, find_visits
from patients import past_asks
from patients.models import Hold, ImportProblem, PastAsk, Patient, Suppression
from workspaces.models import User, Workspace
from workspaces.practices import workspace_time_zone

FORMAT = "reputation-manager/person/1"

Export = dict[str, Any]


@transaction.atomic
def export_person(*, person: FoundPerson, patient: Patient, by: User) -> Export:
    """Return the export and record who made it in the audit trail, without its content."""
    audit.record("patient.export", patient, by=by)
    return build_export(person, patient.workspace)


def build_export(person: FoundPerson, workspace: Workspace) -> Export:
    zone = workspace_time_zone(workspace)
    return {
        "format": FORMAT,
        "exported_at": _format_time(timezone.now(), zone),
        "clinic": workspace.name,
        "addresses": person.addresses,
        "appointments": [_export_visit(visit) for visit in find_visits(person)],
        "suppressions": [_export_suppression(row, zone) for row in person.suppressions],
        "holds": [_export_hold(row, zone) for row in person.holds],
        "whatsapp_ids": [_export_whatsapp_id(row, zone) for row in person.hidden_numbers],
        "refused_rows": [_export_refused_row(row, zone) for row in person.refused],
        "earlier_asks": [
            _export_past_ask(row, zone)
            for row in past_asks.past_asks_of(workspace.pk, person.addresses)
        ],
    }


def _export_visit(visit: FoundVisit) -> Export:
    patient = visit.patient
    practice = patient.campaign.practice
    zone = practice.zone
    return {
        "id": str(patient.pk),
        "name": patient.name,
        "phone": patient.phone,
        "email": patient.email,
        "appointment_time": _format_time(patient.appointment_time, zone),
        "appointment_type": patient.appointment_type,
        "doctor": patient.doctor_name,
        "practice": practice.name,
        "campaign": patient.campaign.name,
        "channel": patient.preferred_channel,
        "language": patient.language,
        "stored_at": _format_time(patient.created_at, zone),
        "list": _export_source(patient, zone),
        "consent": {
            "given": patient.has_consent,
            "at": _format_time(patient.consent_at, zone),
            "words": patient.consent_words,
            "recorded_by": patient.consent_by,
        },
        "opted_out_at": _format_time(patient.opted_out_at, zone),
        "erased_at": _format_time(patient.data_deleted_at, zone),
        "review_link": {
            "clicks": patient.review_clicks,
            "last_at": _format_time(patient.review_clicked_at, zone),
        },
        "messages": [_export_message(row, zone) for row in visit.messages],
        "replies": [_export_reply(row, zone) for row in visit.answers],
        "feedback": [_export_feedback(row, zone) for row in visit.feedback],
        "labels": [_export_labels(row, zone) for row in visit.labels],
        "notes": [_export_note(row, zone) for row in visit.notes],
        "sent_to_assistant": [_export_assistant_call(row, zone) for row in visit.assistant_calls],
    }


def _export_source(patient: Patient, zone: tzinfo) -> Export | None:
    if patient.source is None:
        return None
    return {
        "file": patient.source.filename,
        "row": patient.row_number,
        "uploaded_at": _format_time(patient.source.created_at, zone),
    }


def _export_message(message: Message, zone: tzinfo) -> Export:
    return {
        "type": message.type,
        "channel": message.channel,
        "status": message.status,
        "text": message.content,
        "approved_template": message.content_sid or None,
        "sender": message.sender.address if message.sender else None,
        "sent_at": _format_time(message.sent_at, zone),
        "delivered_at": _format_time(message.delivered_at, zone),
        "read_at": _format_time(message.read_at, zone),
        "answered_at": _format_time(message.replied_at, zone),
        "rating": message.rating,
        "comment": message.comment,
        "may_be_quoted_since": _format_time(message.quotable_at, zone),
        "shown_in_public": quote.text if (quote := getattr(message, "quote", None)) else "",
        "error_code": message.error_code,
        "provider_id": message.external_id,
    }


def _export_reply(answer: InboundMessage, zone: tzinfo) -> Export:
    return {
        "received_at": _format_time(answer.received_at, zone),
        "channel": answer.channel,
        "text": answer.body,
        "understood_as": answer.intent,
        "rating": answer.rating,
        "attachments": [_export_attachment(row) for row in answer.attachments.all()],
    }


def _export_attachment(attachment: InboundAttachment) -> Export:
    picture = base64.b64encode(attachment.data).decode() if attachment.data else None
    return {"type": attachment.content_type, "picture_base64": picture}


def _export_feedback(feedback: Feedback, zone: tzinfo) -> Export:
    return {
        "given_at": _format_time(feedback.created_at, zone),
        "rating": feedback.rating,
        "comment": feedback.comment,
        "status": feedback.status,
        "resolved_at": _format_time(feedback.resolved_at, zone),
        "notes": [
            {"at": _format_time(step.created_at, zone), "kind": step.kind, "text": step.text}
            for step in sorted(feedback.steps.all(), key=lambda step: step.pk)
            if step.text
        ],
    }


def _export_note(note: ConversationNote, zone: tzinfo) -> Export:
    """Who wrote it is left out, as with the notes of a case: the export is about the patient."""
    return {"at": _format_time(note.created_at, zone), "text": note.text}


def _export_labels(labels: TextLabels, zone: tzinfo) -> Export:
    return {
        "text": labels.source,
        "topics": labels.topics,
        "urgency": labels.urgency,
        "sentiment": labels.sentiment,
        "language": labels.language,
        "found_by": labels.corrected_by_name or labels.reader,
        "at": _format_time(labels.updated_at, zone),
    }


def _export_suppression(suppression: Suppression, zone: tzinfo) -> Export:
    return {
        "address": suppression.address,
        "reason": suppression.reason,
        "since": _format_time(suppression.at, zone),
        "note": suppression.note,
    }


def _export_hold(hold: Hold, zone: tzinfo) -> Export:
    return {
        "address": hold.address,
        "since": _format_time(hold.since, zone),
        "decision": hold.decision or None,
        "decided_at": _format_time(hold.decided_at, zone),
    }


def _export_whatsapp_id(hidden_number: HiddenNumber, zone: tzinfo) -> Export:
    return {
        "address": hidden_number.address,
        "user_id": hidden_number.user_id,
        "since": _format_time(hidden_number.created_at, zone),
    }


def _export_past_ask(ask: PastAsk, zone: tzinfo) -> Export:
    return {
        "asked_at": _format_time(ask.asked_at, zone),
        "appointment_time": _format_time(ask.appointment_time, zone),
    }


def _export_assistant_call(call: AssistantCall, zone: tzinfo) -> Export:
    return {
        "at": _format_time(call.created_at, zone),
        "for": call.feature,
        "provider": call.provider,
        "model": call.model,
        "outcome": call.outcome,
    }


def _export_refused_row(row: ImportProblem, zone: tzinfo) -> Export:
    return {
        "file": row.source.filename,
        "row": row.row_number,
        "uploaded_at": _format_time(row.source.created_at, zone),
        "reason": row.reason,
        "cells": row.cells,
    }


def _format_time(at: datetime | None, zone: tzinfo) -> str | None:
    """Return an ISO time with its offset, in the clinic's time zone."""
    return at.astimezone(zone).isoformat(timespec="seconds") if at else None
