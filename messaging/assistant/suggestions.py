"""Suggested answers in the inbox.

A member asks for one, a worker writes it, and the page fetches it. A person edits it and sends it
like any other answer.
"""

import json
import re
from collections.abc import Sequence
from uuid import UUID

from django.utils import timezone
from django.utils.translation import override

from core import tenancy
from messaging import task_queue
from messaging.assistant import answers, calls, consent, ledger, prompts, trouble
from messaging.assistant.calls import NoAnswerError
from messaging.assistant.clinic_people import names_of_clinic_people
from messaging.assistant.ledger import CallPurpose
from messaging.assistant.masking import PATIENT, mask_text
from messaging.assistant.ordered_suggestions import Suggestion, SuggestionOrder
from messaging.assistant.provider import Question
from messaging.inbox.thread import ThreadEntry, build_thread
from messaging.models import AssistantFeature, Conversation, Message
from patients.models import Patient
from templates_app.models import MessageType
from templates_app.rendering import first_name
from workspaces.models import User

MAX_TEXTS = 12
MAX_LENGTH = 600
MAX_TOKENS = 2_000
SCHEMA = {
    "type": "object",
    "properties": {"message": {"type": "string"}},
    "required": ["message"],
    "additionalProperties": False,
}
KEYS = frozenset({"message"})


def order_suggestion(*, conversation: Conversation, by: User) -> Suggestion:
    """Queue a suggestion, unless one is being written. Return what the page shows meanwhile."""
    return _order_of(conversation.pk, by.pk).place(
        lambda: task_queue.queue_suggestion(
            workspace_id=conversation.workspace_id, conversation_id=conversation.pk, user_id=by.pk
        )
    )


def find_suggestion(*, conversation: Conversation, by: User) -> Suggestion | None:
    """Return the suggestion that this member asked for, if it is not too old."""
    return _order_of(conversation.pk, by.pk).find()


def forget_suggestion(*, conversation: Conversation, by: User) -> None:
    _order_of(conversation.pk, by.pk).forget()


def write_suggestion(*, workspace_id: UUID, conversation_id: UUID, user_id: UUID) -> None:
    """Ask the provider and keep the text for the member who waits for it. For a worker."""
    with tenancy.within(workspace_id):
        conversation = _find_conversation(workspace_id, conversation_id)
        user = User.objects.filter(workspace_id=workspace_id, pk=user_id, is_active=True).first()
        if conversation is None or user is None:
            return
        question = build_question(conversation.patient)
    finished = _ask(conversation.patient, user, question)
    order = _order_of(conversation_id, user_id)
    order.allow_next()
    with tenancy.within(workspace_id):
        # Unless it was turned off, or the patient erased, while the provider was writing.
        if finished and _find_conversation(workspace_id, conversation_id):
            order.keep(finished)


def _order_of(conversation_id: UUID, user_id: UUID) -> SuggestionOrder:
    return SuggestionOrder("suggestion", conversation_id, user_id)


def _find_conversation(workspace_id: UUID, conversation_id: UUID) -> Conversation | None:
    """Return the conversation if the clinic has agreed and the patient is not erased."""
    found = (
        Conversation.objects.within(workspace_id)
        .select_related("patient__workspace")
        .filter(pk=conversation_id, patient__data_deleted_at=None)
        .first()
    )
    return found if found and consent.is_on_for(found.patient.workspace) else None


def _ask(patient: Patient, user: User, question: Question) -> Suggestion | None:
    """Return the suggestion or why there is none, in the member's language. None if it is off."""
    purpose = CallPurpose(
        feature=AssistantFeature.SUGGEST_ANSWER,
        prompt=prompts.SUGGEST_ANSWER,
        requested_by_name=user.name,
        patient_ids=(patient.pk,),
    )
    now = timezone.now().timestamp()
    try:
        text = calls.ask_and_check(
            patient.workspace_id,
            question,
            purpose,
            check=lambda answer: read_answer(answer, patient),
        )
        return Suggestion(now, text=text)
    except NoAnswerError as error:
        with override(user.language or patient.workspace.language):
            return Suggestion(now, problem=trouble.explain(error.outcome))
    except ledger.AssistantOffError:
        return None


def build_question(patient: Patient) -> Question:
    """Return the masked texts of the conversation, the stars and the language, and nothing else."""
    entries = [entry for entry in build_thread(patient) if _is_said_by_a_person(entry)]
    rating = (
        Message.objects.within(patient.workspace_id)
        .filter(patient=patient, type=MessageType.INITIAL)
        .values_list("rating", flat=True)
        .first()
    )
    data = {
        "language": patient.language,
        "stars": rating,
        "texts": _mask_entries(entries[-MAX_TEXTS:], patient),
    }
    return Question(
        instructions=prompts.read_prompt(prompts.SUGGEST_ANSWER),
        data=json.dumps(data, ensure_ascii=False),
        name="message_to_patient",
        schema=SCHEMA,
        max_tokens=MAX_TOKENS,
    )


def read_answer(answer: str, patient: Patient) -> str:
    """Return the text to suggest, with the patient's first name where the model wants it."""
    parsed = answers.parse_object(answer, keys=KEYS)
    message = parsed["message"]
    if isinstance(message, str):
        message = _insert_name(message, first_name(patient.name))
    return answers.check_text(
        message,
        max_length=MAX_LENGTH,
        instructions=prompts.read_prompt(prompts.SUGGEST_ANSWER),
    )


def _insert_name(message: str, name: str) -> str:
    """Write the name for its mark. Without a name, drop the mark and the comma behind it."""
    if name:
        return message.replace(PATIENT, name)
    return re.sub(rf"\s*{re.escape(PATIENT)}[,:]?", "", message).strip()


def _is_said_by_a_person(entry: ThreadEntry) -> bool:
    """Leave out our automatic messages: they say nothing that an answer needs."""
    return entry.by_patient or (
        entry.message is not None and entry.message.type == MessageType.ANSWER
    )


def _mask_entries(entries: Sequence[ThreadEntry], patient: Patient) -> list[dict[str, str]]:
    authors = {entry.who for entry in entries if not entry.by_patient}
    others = [patient.doctor_name, *authors, *names_of_clinic_people(patient.workspace)]
    return [
        {
            "from": "patient" if entry.by_patient else "clinic",
            "text": mask_text(entry.text, patient=patient.name, others=others),
        }
        for entry in entries
        if entry.text
    ]
