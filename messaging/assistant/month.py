"""A better text for the month in a page, written by the provider."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from core import tenancy
from messaging.assistant import answers, calls, consent, prompts
from messaging.assistant.answers import UnusableAnswerError
from messaging.assistant.clinic_people import names_of_clinic_people
from messaging.assistant.ledger import AssistantOffError, CallPurpose
from messaging.assistant.masking import contains_mask, mask_text
from messaging.assistant.provider import Question
from messaging.models import AssistantFeature
from patients.models import Patient
from workspaces.models import Workspace

MAX_COMMENTS = 80
MAX_POINTS, MAX_QUOTES, MAX_STEPS = 3, 3, 3
MAX_SENTENCES = 500
MAX_POINT = 200
MIN_QUOTE, MAX_QUOTE = 10, 160
MAX_TOKENS = 3_000
KEYS = frozenset({"changed", "praised", "blamed", "first"})
_POINTS: Mapping[str, object] = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "point": {"type": "string"},
            "quotes": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["point", "quotes"],
        "additionalProperties": False,
    },
}
SCHEMA: Mapping[str, object] = {
    "type": "object",
    "properties": {
        "changed": {"type": "string"},
        "praised": _POINTS,
        "blamed": _POINTS,
        "first": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["changed", "praised", "blamed", "first"],
    "additionalProperties": False,
}


@dataclass(frozen=True)
class MonthComment:
    """What a patient wrote. The names are masked before anything is sent."""

    text: str
    rating: int | None
    topics: Sequence[str]
    patient_id: UUID


@dataclass(frozen=True)
class SummaryRequest:
    """`figures` are names and values that the summary may mention. `language` is es, pt or en."""

    workspace_id: UUID
    language: str
    month: str
    figures: Mapping[str, int | float | str]
    comments: Sequence[MonthComment]


@dataclass(frozen=True)
class SummaryPoint:
    text: str
    quotes: Sequence[str]


@dataclass(frozen=True)
class WrittenSummary:
    changed: str
    praised: Sequence[SummaryPoint]
    blamed: Sequence[SummaryPoint]
    first: Sequence[str]
    # Whose words were sent, so whose words the texts above may repeat.
    patient_ids: Sequence[UUID] = ()


def summarize_month(request: SummaryRequest, *, requested_by_name: str = "") -> WrittenSummary:
    """Return the provider's summary. Raise NoAnswerError or AssistantOffError.

    It takes seconds. Call it from a worker, outside of a transaction, and keep what it returns.
    """
    with tenancy.within(request.workspace_id):
        workspace = Workspace.objects.get(pk=request.workspace_id)
        if not consent.is_on_for(workspace):
            raise AssistantOffError
        sent = mask_comments(workspace, request.comments[:MAX_COMMENTS])
    patient_ids = tuple(dict.fromkeys(comment.patient_id for comment in sent))
    purpose = CallPurpose(
        feature=AssistantFeature.SUMMARIZE_MONTH,
        prompt=prompts.SUMMARIZE_MONTH,
        requested_by_name=requested_by_name,
        patient_ids=patient_ids,
    )
    written = calls.ask_and_check(
        request.workspace_id,
        build_question(request, sent),
        purpose,
        check=lambda answer: read_summary(answer, [comment.text for comment in sent]),
    )
    return replace(written, patient_ids=patient_ids)


def mask_comments(workspace: Workspace, comments: Sequence[MonthComment]) -> list[MonthComment]:
    """Mask the names of the patient, the doctor and the team. Leave out erased patients."""
    clinic_people = names_of_clinic_people(workspace)
    keys = [comment.patient_id for comment in comments]
    authors = Patient.objects.within(workspace).filter(data_deleted_at=None).in_bulk(keys)

    def mask(comment: MonthComment, author: Patient) -> MonthComment:
        others = [author.doctor_name, *clinic_people]
        return replace(comment, text=mask_text(comment.text, patient=author.name, others=others))

    return [
        mask(comment, authors[comment.patient_id])
        for comment in comments
        if comment.patient_id in authors
    ]


def build_question(request: SummaryRequest, sent: Sequence[MonthComment]) -> Question:
    data = {
        "language": request.language,
        "month": request.month,
        "figures": dict(request.figures),
        "comments": [
            {"stars": comment.rating, "topics": list(comment.topics), "text": comment.text}
            for comment in sent
        ],
    }
    return Question(
        instructions=prompts.read_prompt(prompts.SUMMARIZE_MONTH),
        data=json.dumps(data, ensure_ascii=False),
        name="month_in_a_page",
        schema=SCHEMA,
        max_tokens=MAX_TOKENS,
    )


def read_summary(answer: str, sent: Sequence[str]) -> WrittenSummary:
    """Return the summary with the quotes that patients have really written."""
    parsed = answers.parse_object(answer, keys=KEYS)
    texts = [_join_lines(text) for text in sent]
    return WrittenSummary(
        changed=_sentences(parsed["changed"], MAX_SENTENCES) if parsed["changed"] else "",
        praised=_points(parsed["praised"], texts),
        blamed=_points(parsed["blamed"], texts),
        first=[
            _sentences(step, MAX_POINT)
            for step in answers.check_list(parsed["first"], max_items=MAX_STEPS)
        ],
    )


def _points(value: object, texts: Sequence[str]) -> list[SummaryPoint]:
    points = []
    for item in answers.check_list(value, max_items=MAX_POINTS):
        if not isinstance(item, dict) or item.keys() != {"point", "quotes"}:
            raise UnusableAnswerError("other keys")
        quotes = answers.check_list(item["quotes"], max_items=MAX_QUOTES)
        points.append(
            SummaryPoint(
                _sentences(item["point"], MAX_POINT),
                [quote for quote in map(_clean_quote, quotes) if _is_said(quote, texts)],
            )
        )
    return points


def _sentences(value: object, max_length: int) -> str:
    instructions = prompts.read_prompt(prompts.SUMMARIZE_MONTH)
    return answers.check_text(value, max_length=max_length, instructions=instructions)


def _clean_quote(quote: object) -> str:
    return _join_lines(quote) if isinstance(quote, str) else ""


def _is_said(quote: str, texts: Sequence[str]) -> bool:
    """Return whether a patient wrote exactly this. A quote with a mask is not what they wrote."""
    if not MIN_QUOTE <= len(quote) <= MAX_QUOTE or contains_mask(quote):
        return False
    return any(quote in text for text in texts)


def _join_lines(text: str) -> str:
    return " ".join(text.split())
