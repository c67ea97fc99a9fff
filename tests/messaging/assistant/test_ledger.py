from datetime import timedelta
from decimal import Decimal
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import override_settings
from django.utils import timezone

from core import tenancy
from dev.doubles.language_model.settings import Mode
from messaging.assistant import calls, ledger
from messaging.assistant.calls import NoAnswerError
from messaging.assistant.ledger import CallPurpose
from messaging.assistant.prices import TokenPrices, find_prices
from messaging.assistant.provider import Question
from messaging.models import AssistantCall, AssistantFeature, AssistantOutcome, AssistantSettings
from messaging.privacy import anonymization
from tests.dev.doubles.language_model.stage import LanguageModel
from tests.factories import AssistantCallFactory, PatientFactory, UserFactory
from tests.messaging.assistant.conftest import agree
from workspaces.models import User, Workspace

QUESTION = Question(
    instructions="Answer.",
    data='{"language": "es", "stars": 5, "texts": []}',
    name="message_to_patient",
    schema={"type": "object", "properties": {"message": {"type": "string"}}},
    max_tokens=1_000,
)
PURPOSE = CallPurpose(feature=AssistantFeature.SUGGEST_ANSWER, prompt="suggest_answer.v1")


def ask(workspace: Workspace) -> str:
    return calls.ask_and_check(workspace.pk, QUESTION, PURPOSE, check=lambda text: text)


def find_calls(workspace: Workspace) -> list[AssistantCall]:
    with tenancy.within(workspace.pk):
        return list(AssistantCall.objects.order_by("pk"))


def set_budget(workspace: Workspace, micro_usd: int) -> None:
    with tenancy.within(workspace.pk):
        AssistantSettings.objects.update(budget_micro_usd=micro_usd)


def test_price_of_a_token_is_rounded_up() -> None:
    prices = TokenPrices(input=Decimal("0.10"), output=Decimal("0.50"))

    assert prices.cost(input_tokens=1_000_000, output_tokens=0) == 100_000
    assert prices.cost(input_tokens=1, output_tokens=1) == 1


@pytest.mark.parametrize(
    ("settings", "known"),
    [
        ({"AI_PROVIDER": "anthropic", "AI_MODEL": "claude-haiku-4-5"}, True),
        ({"AI_PROVIDER": "openai", "AI_MODEL": "gpt-5.4-mini"}, True),
        ({"AI_PROVIDER": "openai", "AI_MODEL": "another"}, False),
        ({"AI_PROVIDER": "compatible", "AI_INPUT_PRICE": "0", "AI_OUTPUT_PRICE": "0"}, True),
        ({"AI_PROVIDER": "compatible", "AI_INPUT_PRICE": "x", "AI_OUTPUT_PRICE": "0"}, False),
    ],
)
def test_model_without_a_price_is_not_used(settings: dict[str, str], known: bool) -> None:
    with override_settings(**settings):
        assert bool(find_prices()) is known


def test_call_is_settled_with_its_tokens(agreed: LanguageModel, workspace: Workspace) -> None:
    ask(workspace)

    (call,) = find_calls(workspace)
    assert call.outcome == AssistantOutcome.DONE
    assert call.cost_micro_usd == call.input_tokens + 5 * call.output_tokens
    assert 0 < call.cost_micro_usd < ledger.highest_cost(QUESTION)
    assert (call.provider, call.model) == (f"127.0.0.1:{agreed.port}", "double-1")


@pytest.mark.parametrize(
    ("mode", "outcome", "is_paid"),
    [
        (Mode.REFUSING, AssistantOutcome.REFUSED, True),
        (Mode.RAMBLING, AssistantOutcome.UNUSABLE, True),
        (Mode.EMPTY, AssistantOutcome.UNUSABLE, True),
        (Mode.BUSY, AssistantOutcome.BUSY, False),
        (Mode.UNAUTHORIZED, AssistantOutcome.REJECTED, False),
    ],
)
def test_failed_call_costs_what_may_have_been_billed(
    agreed: LanguageModel,
    workspace: Workspace,
    mode: Mode,
    outcome: AssistantOutcome,
    is_paid: bool,
) -> None:
    agreed.behave(mode)

    with pytest.raises(NoAnswerError):
        ask(workspace)

    (call,) = find_calls(workspace)
    assert call.outcome == outcome
    assert (call.cost_micro_usd > 0) is is_paid


def test_slow_call_keeps_its_reserved_cost(agreed: LanguageModel, workspace: Workspace) -> None:
    agreed.behave(Mode.SLOW)

    with override_settings(AI_TIMEOUT_SECONDS=0.2), pytest.raises(NoAnswerError):
        ask(workspace)

    (call,) = find_calls(workspace)
    assert call.cost_micro_usd == ledger.highest_cost(QUESTION)


def test_expensive_answer_stops_the_next_call(agreed: LanguageModel, workspace: Workspace) -> None:
    set_budget(workspace, 500_000)
    agreed.behave(Mode.EXPENSIVE)
    ask(workspace)

    with pytest.raises(NoAnswerError) as stopped:
        ask(workspace)

    assert stopped.value.outcome is None
    assert len(agreed.received) == len(find_calls(workspace)) == 1


def test_lowered_maximum_stops_calls_at_once(agreed: LanguageModel, workspace: Workspace) -> None:
    AssistantCallFactory.create(workspace=workspace, cost_micro_usd=1_000_000)

    with override_settings(AI_MAX_MONTHLY_USD=Decimal(1)), pytest.raises(NoAnswerError):
        ask(workspace)

    assert not agreed.received


def test_calls_of_last_month_do_not_count(agreed: LanguageModel, workspace: Workspace) -> None:
    old = AssistantCallFactory.create(workspace=workspace, cost_micro_usd=90_000_000)
    with tenancy.within(workspace.pk):
        AssistantCall.objects.filter(pk=old.pk).update(
            created_at=timezone.now() - timedelta(days=32)
        )

    assert ask(workspace)


def test_call_of_another_clinic_does_not_count(agreed: LanguageModel, workspace: Workspace) -> None:
    AssistantCallFactory.create(cost_micro_usd=90_000_000)

    assert ask(workspace)


def test_nothing_is_sent_without_agreement(
    language_model: LanguageModel, workspace: Workspace
) -> None:
    with pytest.raises(ledger.AssistantOffError):
        ask(workspace)

    assert not language_model.received


def test_nothing_is_sent_to_another_model_than_agreed(
    agreed: LanguageModel, workspace: Workspace
) -> None:
    with override_settings(AI_MODEL="another"), pytest.raises(ledger.AssistantOffError):
        ask(workspace)

    assert not agreed.received


def test_lost_call_is_ended_at_its_reserved_cost(workspace: Workspace) -> None:
    lost = AssistantCallFactory.create(workspace=workspace, cost_micro_usd=700)
    fresh = AssistantCallFactory.create(workspace=workspace, cost_micro_usd=700)
    with tenancy.within(workspace.pk):
        AssistantCall.objects.filter(pk=lost.pk).update(
            created_at=timezone.now() - timedelta(hours=1)
        )

    assert ledger.settle_lost_calls() == 1

    outcomes = {call.pk: (call.outcome, call.cost_micro_usd) for call in find_calls(workspace)}
    assert outcomes == {lost.pk: ("LOST", 700), fresh.pk: ("RUNNING", 700)}


def test_anonymized_patient_is_forgotten(workspace: Workspace) -> None:
    patient, other = PatientFactory.create(workspace=workspace), uuid4()
    AssistantCallFactory.create(workspace=workspace, patient_ids=[patient.pk, other])

    with tenancy.within(workspace.pk):
        anonymization.anonymize_patients([patient], now=timezone.now())

    assert find_calls(workspace)[0].patient_ids == [other]


@pytest.mark.django_db(transaction=True)
def test_calls_at_the_same_time_stay_in_the_budget(language_model: LanguageModel) -> None:
    owner: User = UserFactory.create()
    assert owner.workspace
    workspace = owner.workspace
    agree(owner)
    # Enough for three reservations.
    set_budget(workspace, 3 * ledger.highest_cost(QUESTION) + 10)
    together, results = Barrier(8), []

    def reserve() -> None:
        together.wait()
        try:
            with tenancy.within(workspace.pk):
                ledger.reserve(workspace.pk, QUESTION, PURPOSE)
            results.append(True)
        except ledger.BudgetUsedUpError:
            results.append(False)
        finally:
            connection.close()

    threads = [Thread(target=reserve) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(results) == [False] * 5 + [True] * 3
