"""Make one call: reserve its cost, ask the provider, check the answer, settle the cost."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar
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
    completion: Completion | None = None
    outcome, may_be_billed = AssistantOutcome.DONE, False
    answer: T | None = None
    try:
        completion = provider.ask(question)
        answer = check(completion.text)
    except ProviderError as error:
        outcome, may_be_billed = error.outcome, error.may_be_billed
        completion = error.completion
    except UnusableAnswerError as error:
        outcome = AssistantOutcome.UNUSABLE
        log.warning("assistant_answer_unusable", call_id=str(call.pk), rule=str(error))
    duration = timedelta(seconds=time.monotonic() - began)
    with tenancy.within(workspace_id):
        ledger.settle(
            call, outcome, completion=completion, may_be_billed=may_be_billed, duration=duration
        )
    _log(call)
    if answer is None:
        trouble.tell_owners_once(workspace_id, outcome=outcome)
        raise NoAnswerError(outcome)
    return answer


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
