"""The official clients against the double, which speaks both wire formats."""

import time

import pytest
from django.test.utils import override_settings

from dev.doubles.language_model.settings import Mode
from messaging.assistant import provider
from messaging.assistant.provider import ProviderError, Question
from messaging.models import AssistantOutcome
from tests.dev.doubles.language_model.stage import LanguageModel

QUESTION = Question(
    instructions="Answer.",
    data='{"language": "es", "stars": 2, "texts": [{"from": "patient", "text": "Esperé mucho"}]}',
    name="message_to_patient",
    schema={"type": "object", "properties": {"message": {"type": "string"}}},
    max_tokens=100,
)
PROVIDERS = ["anthropic", "openai", "compatible"]


@pytest.mark.parametrize("name", PROVIDERS)
def test_answer_comes_with_its_tokens(language_model: LanguageModel, name: str) -> None:
    with language_model.in_use(name):
        completion = provider.ask(QUESTION)

    assert "lamentamos" in completion.text
    assert completion.input_tokens > 0
    assert completion.output_tokens > 0


@pytest.mark.parametrize("name", PROVIDERS)
def test_request_has_a_schema_a_limit_and_no_tools(
    language_model: LanguageModel, name: str
) -> None:
    with language_model.in_use(name):
        provider.ask(QUESTION)

    body = language_model.received[0]
    assert "tools" not in body
    limit = "max_completion_tokens" if name == "openai" else "max_tokens"
    assert body[limit] == 100
    assert body.get("store") == (False if name == "openai" else None)
    assert '"message"' in language_model.last_request()


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize(
    ("mode", "outcome", "attempts", "may_be_billed"),
    [
        (Mode.REFUSING, AssistantOutcome.REFUSED, 1, False),
        (Mode.RAMBLING, AssistantOutcome.UNUSABLE, 1, False),
        (Mode.EMPTY, AssistantOutcome.UNUSABLE, 1, True),
        (Mode.BUSY, AssistantOutcome.BUSY, 2, False),
        (Mode.FAILING, AssistantOutcome.AWAY, 2, False),
        (Mode.UNAUTHORIZED, AssistantOutcome.REJECTED, 1, False),
        (Mode.REDIRECTING, AssistantOutcome.REJECTED, 1, False),
    ],
)
def test_failure_has_an_outcome_and_few_attempts(  # noqa: PLR0917
    language_model: LanguageModel,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    mode: Mode,
    outcome: AssistantOutcome,
    attempts: int,
    may_be_billed: bool,
) -> None:
    monkeypatch.setattr(provider, "SECONDS_BEFORE_RETRY", 0)
    language_model.behave(mode)

    with language_model.in_use(name), pytest.raises(ProviderError) as failure:
        provider.ask(QUESTION)

    assert failure.value.outcome == outcome
    assert failure.value.may_be_billed is may_be_billed
    assert len(language_model.received) == attempts


@pytest.mark.parametrize("name", PROVIDERS)
@pytest.mark.parametrize("mode", [Mode.SLOW, Mode.DRIPPING])
def test_slow_answer_is_given_up_in_time(
    language_model: LanguageModel, name: str, mode: Mode
) -> None:
    language_model.behave(mode)
    began = time.monotonic()

    with (
        language_model.in_use(name, AI_TIMEOUT_SECONDS=0.5),
        pytest.raises(ProviderError) as failure,
    ):
        provider.ask(QUESTION)

    assert failure.value.outcome == AssistantOutcome.SLOW
    assert failure.value.may_be_billed
    assert time.monotonic() - began < 4
    assert len(language_model.received) == 1


@pytest.mark.parametrize("name", PROVIDERS)
def test_busy_provider_is_asked_once_more(language_model: LanguageModel, name: str) -> None:
    language_model.behave(Mode.BUSY_ONCE)

    with language_model.in_use(name):
        assert provider.ask(QUESTION).text

    assert len(language_model.received) == 2


@pytest.mark.parametrize("name", PROVIDERS)
def test_unreachable_provider_costs_nothing(
    language_model: LanguageModel, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(provider, "SECONDS_BEFORE_RETRY", 0)

    with (
        language_model.in_use(name, AI_BASE_URL="http://127.0.0.1:9"),
        pytest.raises(ProviderError) as failure,
    ):
        provider.ask(QUESTION)

    assert failure.value.outcome == AssistantOutcome.AWAY
    assert not failure.value.may_be_billed


def test_address_of_the_environment_is_not_used(
    language_model: LanguageModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9")

    for name in PROVIDERS:
        with language_model.in_use(name):
            assert provider.ask(QUESTION).text


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("", "Anthropic"),
        ("https://user:secret@models.example:8443/v1", "models.example:8443"),
        ("https://models.example/v1", "models.example"),
    ],
)
def test_recipient_is_named_without_secrets(address: str, name: str) -> None:
    with override_settings(AI_PROVIDER="anthropic", AI_BASE_URL=address):
        assert provider.recipient_name() == name
