"""A better text for the month in a page. The page has a text by rules when this returns None."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from core import tenancy
from messaging.assistant import answers, calls, consent, ledger, prompts
from messaging.assistant.answers import UnusableAnswerError
from messaging.assistant.calls import NoAnswerError
from messaging.assistant.ledger import CallPurpose
from messaging.assistant.masking import contains_mask, mask_text
from messaging.assistant.provider import Question
from messaging.assistant.staff_names import staff_names
from messaging.models import AssistantFeature
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
    patient_name: str
    doctor_name: str = ""


@dataclass(frozen=True)
class MonthFacts:
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
class MonthSummary:
    changed: str
    praised: Sequence[SummaryPoint]
    blamed: Sequence[SummaryPoint]
    first: Sequence[str]


def summarize_month(facts: MonthFacts, *, requested_by_name: str = "") -> MonthSummary | None:
    """Return the provider's summary, or None: off, over budget, away, slow or unusable.

    It takes seconds. Call it from a worker, outside of a transaction, and keep what it returns.
    """
    comments = facts.comments[:MAX_COMMENTS]
    with tenancy.within(facts.workspace_id):
        workspace = Workspace.objects.get(pk=facts.workspace_id)
        if not consent.is_on_for(workspace):
            return None
        staff = staff_names(workspace)
    sent = [mask_comment(comment, staff) for comment in comments]
    purpose = CallPurpose(
        feature=AssistantFeature.SUMMARIZE_MONTH,
        prompt=prompts.SUMMARIZE_MONTH,
        requested_by_name=requested_by_name,
        patient_ids=tuple(dict.fromkeys(comment.patient_id for comment in comments)),
    )
    try:
        return calls.ask_and_check(
            facts.workspace_id,
            build_question(facts, sent),
            purpose,
            check=lambda answer: read_summary(answer, sent),
        )
    except (NoAnswerError, ledger.AssistantOffError):
        return None


def mask_comment(comment: MonthComment, staff: Sequence[str]) -> str:
    others = [comment.doctor_name, *staff]
    return mask_text(comment.text, patient=comment.patient_name, others=others)


def build_question(facts: MonthFacts, sent: Sequence[str]) -> Question:
    data = {
        "language": facts.language,
        "month": facts.month,
        "figures": dict(facts.figures),
        "comments": [
            {"stars": comment.rating, "topics": list(comment.topics), "text": text}
            for comment, text in zip(facts.comments, sent, strict=False)
        ],
    }
    return Question(
        instructions=prompts.read_prompt(prompts.SUMMARIZE_MONTH),
        data=json.dumps(data, ensure_ascii=False),
        name="month_in_a_page",
        schema=SCHEMA,
        max_tokens=MAX_TOKENS,
    )


def read_summary(answer: str, sent: Sequence[str]) -> MonthSummary:
    """Return the summary with the quotes that patients have really written."""
    parsed = answers.parse_object(answer, keys=KEYS)
    texts = [_join_lines(text) for text in sent]
    return MonthSummary(
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
