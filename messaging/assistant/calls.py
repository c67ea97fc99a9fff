"""Make one call: reserve its cost, ask the provider, check the answer, settle the cost."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, TypeVar
from uuid import UUID

import structlog

from core import tenancy
from messaging.assistant import ledger, provider, trouble
from messaging.assistant.answers import UnusableAnswerError
from messaging.assistant.ledger import CallPurpose
from messaging.assistant.provider import Completion, ProviderError, Question
from messaging.models import AssistantCall, AssistantOutcome

log = structlog.get_logger("assistant")

T = TypeVar("T")


class NoAnswerError(Exception):
    """There is no answer to show. `outcome` is None if the budget of the month is used up."""

    def __init__(self, outcome: AssistantOutcome | None) -> None:
        super().__init__(str(outcome))
        self.outcome = outcome


@dataclass(frozen=True)
class Attempt(Generic[T]):
    """How a call ended. `answer` is there only if the outcome is DONE."""

    outcome: AssistantOutcome
    answer: T | None = None
    completion: Completion | None = None
    may_be_billed: bool = False


def ask_and_check(
    workspace_id: UUID, question: Question, purpose: CallPurpose, *, check: Callable[[str], T]
) -> T:
    """Return what `check` makes of the answer. Raise NoAnswerError or ledger.AssistantOffError.

    The provider is asked outside of a transaction. Both transactions are short, so a slow provider
    holds up nobody.
    """
    try:
        with tenancy.within(workspace_id):
            call = ledger.reserve(workspace_id, question, purpose)
    except ledger.BudgetUsedUpError:
        log.warning("assistant_budget_used_up", workspace_id=str(workspace_id))
        trouble.tell_owners_once(workspace_id, outcome=None)
        raise NoAnswerError(None) from None
    began = time.monotonic()
    attempt = _ask(question, check)
    with tenancy.within(workspace_id):
        ledger.settle(
            call,
            attempt.outcome,
            completion=attempt.completion,
            may_be_billed=attempt.may_be_billed,
            duration=timedelta(seconds=time.monotonic() - began),
        )
    _log(call)
    if attempt.answer is None:
        trouble.tell_owners_once(workspace_id, outcome=attempt.outcome)
        raise NoAnswerError(attempt.outcome)
    return attempt.answer


def _ask(question: Question, check: Callable[[str], T]) -> Attempt[T]:
    try:
        completion = provider.ask(question)
    except ProviderError as error:
        return Attempt(
            error.outcome, completion=error.completion, may_be_billed=error.may_be_billed
        )
    try:
        answer = check(completion.text)
    except UnusableAnswerError as error:
        # The rule, never the words.
        log.warning("assistant_answer_unusable", rule=str(error))
        return Attempt(AssistantOutcome.UNUSABLE, completion=completion)
    return Attempt(AssistantOutcome.DONE, answer=answer, completion=completion)


def _log(call: AssistantCall) -> None:
    log.info(
        "assistant_call",
        call_id=str(call.pk),
        workspace_id=str(call.workspace_id),
        feature=call.feature,
        outcome=call.outcome,
        cost_micro_usd=call.cost_micro_usd,
        duration_ms=call.duration_ms,
    )
