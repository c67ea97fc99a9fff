"""The ledger of calls, and the budget of a clinic and month that it is counted against."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Sum
from django.utils import timezone

from core import sql, tenancy
from messaging.assistant import consent, provider
from messaging.assistant.prices import TokenPrices, find_prices
from messaging.assistant.provider import Completion, Question
from messaging.models import AssistantCall, AssistantFeature, AssistantOutcome, AssistantSettings
from workspaces.models import Workspace
from workspaces.practices import workspace_time_zone

# No call takes so long, so its worker has died.
SETTLED_FIELDS = [
    "outcome",
    "finished_at",
    "duration_ms",
    "input_tokens",
    "output_tokens",
    "cost_micro_usd",
    "updated_at",
]
LOST_AFTER = timedelta(minutes=10)

# The patients' ids are all that a call knows of them.
FORGET_PATIENTS = """
UPDATE messaging_assistantcall
SET patient_ids = ARRAY(SELECT id FROM unnest(patient_ids) id WHERE id <> ALL(%(patients)s)),
    updated_at = %(now)s
WHERE workspace_id = %(workspace)s AND patient_ids && %(patients)s
"""


class AssistantOffError(Exception):
    """The clinic has not agreed, or not to the present provider."""


class BudgetUsedUpError(Exception):
    """The budget of the month does not cover another call."""


@dataclass(frozen=True)
class CallPurpose:
    """What a call is for, as the ledger shows it."""

    feature: AssistantFeature
    prompt: str
    requested_by_name: str = ""
    patient_ids: tuple[UUID, ...] = ()


def reserve(workspace_id: UUID, question: Question, purpose: CallPurpose) -> AssistantCall:
    """Enter a call with the most that it can cost. Call this in a short transaction of its own.

    The row of settings is locked until it commits, so calls at the same time reserve one after the
    other, and the second one sees what the first has reserved.
    """
    chosen = AssistantSettings.objects.within(workspace_id).select_for_update().first()
    if chosen is None or not consent.is_on(chosen):
        raise AssistantOffError
    most = highest_cost(question)
    if spent_this_month(chosen.workspace) + most > consent.monthly_limit(chosen):
        raise BudgetUsedUpError
    return AssistantCall.objects.create(
        workspace_id=workspace_id,
        feature=purpose.feature,
        provider=provider.recipient_name(),
        model=settings.AI_MODEL,
        prompt=purpose.prompt,
        requested_by_name=purpose.requested_by_name,
        patient_ids=list(purpose.patient_ids),
        cost_micro_usd=most,
    )


def settle(
    call: AssistantCall,
    outcome: AssistantOutcome,
    *,
    completion: Completion | None,
    may_be_billed: bool,
    duration: timedelta,
) -> None:
    """Store how a call ended and what it cost.

    Where the provider may have worked without telling us the tokens, the reserved amount stays: a
    budget that is counted too high stops early, and one that is counted too low does not stop.
    """
    call.outcome, call.finished_at = outcome, timezone.now()
    call.duration_ms = int(duration.total_seconds() * 1000)
    if completion and not may_be_billed:
        call.input_tokens, call.output_tokens = completion.input_tokens, completion.output_tokens
        call.cost_micro_usd = _prices().cost(
            input_tokens=completion.input_tokens, output_tokens=completion.output_tokens
        )
    elif not may_be_billed:
        call.cost_micro_usd = 0
    # Not the patients' ids: one who was anonymized during the call has been removed from them.
    call.save(update_fields=SETTLED_FIELDS)


def settle_lost_calls(*, now: datetime | None = None) -> int:
    """End calls whose worker died, at the reserved cost. Return how many."""
    now = now or timezone.now()
    with tenancy.platform("assistant"):
        lost = AssistantCall.objects.filter(finished_at=None, created_at__lt=now - LOST_AFTER)
        return lost.update(outcome=AssistantOutcome.LOST, finished_at=now, updated_at=now)


def highest_cost(question: Question) -> int:
    """Return the most that a call can cost in micro-USD: no token is shorter than a byte."""
    sent = question.instructions + question.data + str(question.schema)
    return _prices().cost(input_tokens=len(sent.encode()), output_tokens=question.max_tokens)


def spent_this_month(workspace: Workspace) -> int:
    """Return what the clinic has spent or reserved since the first of the month, in micro-USD."""
    total = this_month(workspace).aggregate(total=Sum("cost_micro_usd"))["total"]
    return int(total or 0)


def this_month(workspace: Workspace) -> Any:
    """Return the calls since the first of the month, in the clinic's time zone."""
    now = timezone.now().astimezone(workspace_time_zone(workspace))
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return AssistantCall.objects.within(workspace).filter(created_at__gte=first)


@dataclass(frozen=True)
class FeatureSum:
    label: str
    calls: int
    tokens: int
    cost_micro_usd: int


def sums_by_feature(workspace: Workspace) -> list[FeatureSum]:
    rows = (
        this_month(workspace)
        .values("feature")
        .annotate(
            calls=Count("pk"),
            tokens=Sum("input_tokens") + Sum("output_tokens"),
            cost=Sum("cost_micro_usd"),
        )
        .order_by("feature")
    )
    return [
        FeatureSum(
            label=str(AssistantFeature(row["feature"]).label),
            calls=row["calls"],
            tokens=row["tokens"],
            cost_micro_usd=row["cost"],
        )
        for row in rows
    ]


def forget_patients(workspace_id: UUID, patients: list[UUID], *, now: datetime) -> None:
    """Remove the ids of anonymized patients. The calls stay, because money was spent on them."""
    sql.execute(FORGET_PATIENTS, workspace=workspace_id, patients=patients, now=now)


def _prices() -> TokenPrices:
    prices = find_prices()
    assert prices, "is_configured() has found prices"
    return prices
