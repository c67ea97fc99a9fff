"""A draft of a reply to a public review.

Whether it may be published is for the gate of replies to say, which the caller passes on.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from messaging.assistant import answers, calls, prompts
from messaging.assistant.answers import UnusableAnswerError
from messaging.assistant.clinic_people import names_of_clinic_people
from messaging.assistant.ledger import CallPurpose
from messaging.assistant.masking import mask_text
from messaging.assistant.provider import Question
from messaging.models import AssistantFeature
from workspaces.models import Workspace

MAX_LENGTH = 600
MAX_TOKENS = 2_000
KEYS = frozenset({"reply"})
SCHEMA = {
    "type": "object",
    "properties": {"reply": {"type": "string"}},
    "required": ["reply"],
    "additionalProperties": False,
}
IsAllowed = Callable[[str], bool]


@dataclass(frozen=True)
class PublicReview:
    """`reviewer_name` is never sent: it is masked where the reviewer has written it as well."""

    workspace: Workspace
    words: str
    stars: int | None
    language: str
    reviewer_name: str


def build_question(review: PublicReview) -> Question:
    """Return the masked words, the stars and the language, and nothing else."""
    people = [review.reviewer_name, *names_of_clinic_people(review.workspace)]
    data = {
        "language": review.language,
        "stars": review.stars,
        "words": mask_text(review.words, others=people),
    }
    return Question(
        instructions=prompts.read_prompt(prompts.SUGGEST_REPLY),
        data=json.dumps(data, ensure_ascii=False),
        name="reply_to_review",
        schema=SCHEMA,
        max_tokens=MAX_TOKENS,
    )


def ask_for_reply(
    workspace: Workspace, question: Question, *, is_allowed: IsAllowed, requested_by_name: str
) -> str:
    """Return a reply that may be published. Raise NoAnswerError or AssistantOffError.

    It takes seconds. Call it from a worker, outside of a transaction.
    """
    purpose = CallPurpose(
        feature=AssistantFeature.SUGGEST_REPLY,
        prompt=prompts.SUGGEST_REPLY,
        requested_by_name=requested_by_name,
    )
    return calls.ask_and_check(
        workspace.pk, question, purpose, check=lambda answer: read_reply(answer, is_allowed)
    )


def read_reply(answer: str, is_allowed: IsAllowed) -> str:
    parsed = answers.parse_object(answer, keys=KEYS)
    reply = answers.check_text(
        parsed["reply"],
        max_length=MAX_LENGTH,
        instructions=prompts.read_prompt(prompts.SUGGEST_REPLY),
    )
    if not is_allowed(reply):
        raise UnusableAnswerError("the gate of replies")
    return reply
