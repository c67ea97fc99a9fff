"""Texts of the demo on their way to Meta: one approved, one in review, one rejected, one moved.

The texts themselves have approved words already, which go on being used meanwhile.
"""

from dataclasses import dataclass

from django.utils import timezone

from core.ids import uuid7
from templates_app import sample_values
from templates_app.models import (
    ApprovalRequest,
    ApprovedText,
    Category,
    MessageType,
    RequestState,
    Template,
)
from templates_app.whatsapp.wording_rules import LANGUAGE_CODES, number_variables
from workspaces.models import Workspace

AUTHOR = "Dr. Demo"


@dataclass(frozen=True)
class Submission:
    type: str
    state: RequestState
    status: str
    category: str = Category.UTILITY
    previous_category: str = ""
    rejection_reason: str = ""
    body: str = ""


SUBMISSIONS = (
    Submission(MessageType.CLARIFY, RequestState.APPROVED, "approved"),
    Submission(MessageType.FOLLOWUP_HAPPY, RequestState.SUBMITTED, "pending", Category.MARKETING),
    Submission(
        MessageType.REMINDER,
        RequestState.REJECTED,
        "rejected",
        rejection_reason="PROMOTIONAL",
        body="Hola {{1}}, en {{2}} sorteamos una limpieza entre quienes nos califiquen hoy mismo"
        " del 1 al 5. Toque aquí: {{3}} y participe. Responda BAJA para no recibir más mensajes.",
    ),
    Submission(
        MessageType.FOLLOWUP_UNHAPPY,
        RequestState.APPROVED,
        "approved",
        Category.MARKETING,
        previous_category=Category.UTILITY,
    ),
)


def add_approval_requests(workspace: Workspace) -> None:
    texts = Template.objects.within(workspace).filter(language="es", channel="")
    by_type = {text.type: text for text in texts}
    for submission in SUBMISSIONS:
        _add_request(by_type[submission.type], submission)


def _add_request(template: Template, submission: Submission) -> None:
    key, now = uuid7(), timezone.now()
    samples = sample_values.values_for_language(template.language)
    words = {
        "body": submission.body or number_variables(template.content),
        "variables": template.variables,
        "samples": {
            str(gap): samples[name] for gap, name in enumerate(template.variables, start=1)
        },
        "language": LANGUAGE_CODES[template.language],
    }
    is_used = submission.state == RequestState.APPROVED
    text, _is_new = ApprovedText.objects.update_or_create(
        workspace_id=template.workspace_id,
        content_sid=template.whatsapp_content_sid if is_used else f"HX{key.hex}",
        defaults={
            **words,
            "content_type": "twilio/text",
            "status": submission.status,
            "category": submission.category,
            "previous_category": submission.previous_category,
            "rejection_reason": submission.rejection_reason,
            "checked_at": now,
            "fetched_at": now,
        },
    )
    ApprovalRequest.objects.create(
        **words,
        id=key,
        workspace_id=template.workspace_id,
        template=template,
        approved_text=text,
        state=submission.state,
        name=f"{template.type.lower()}_es_v{template.version}_{key.hex[-12:]}",
        version=template.version,
        category=submission.previous_category or submission.category,
        requested_by=AUTHOR,
        closed_at=now if submission.state == RequestState.REJECTED else None,
    )
