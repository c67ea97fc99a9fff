"""The port to the provider: one question, one completion, by the provider in the settings.

No tools are offered to the model, and it answers by a fixed JSON schema. Nobody else in the project
imports the clients of the providers.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from messaging.assistant.prices import find_prices
from messaging.models import AssistantOutcome

PROVIDER_NAMES = {"anthropic": "Anthropic", "openai": "OpenAI"}
# The first attempt and one more, if the provider is busy or unreachable.
MAX_ATTEMPTS = 2
SECONDS_BEFORE_RETRY = 0.5


@dataclass(frozen=True)
class Question:
    """What the model is asked. `data` is JSON with the words of patients, never instructions."""

    instructions: str
    data: str
    name: str
    schema: Mapping[str, object]
    max_tokens: int


@dataclass(frozen=True)
class Completion:
    text: str
    input_tokens: int
    output_tokens: int


Client = Callable[[Question], Awaitable[Completion]]


class ProviderError(Exception):
    """The provider did not answer the question. `outcome` says how it failed.

    `may_be_billed` is set where the provider may have worked without an answer reaching us. A
    refusal brings the tokens that it was billed for.
    """

    def __init__(
        self,
        outcome: AssistantOutcome,
        *,
        may_be_billed: bool = False,
        completion: Completion | None = None,
    ) -> None:
        super().__init__(outcome.value)
        self.outcome = outcome
        self.may_be_billed = may_be_billed
        self.completion = completion


def is_configured() -> bool:
    """Return whether the installation has a provider whose calls can be held to a budget."""
    return bool(settings.AI_PROVIDER) and find_prices() is not None


def recipient_name() -> str:
    """Return the provider's name for people: the company, or the host of another address."""
    if settings.AI_BASE_URL:
        address = urlsplit(settings.AI_BASE_URL)
        # Not `netloc`, which may hold a password.
        return f"{address.hostname}:{address.port}" if address.port else str(address.hostname)
    return PROVIDER_NAMES.get(settings.AI_PROVIDER, "")


def recipient() -> str:
    """Return what an owner agrees to: the provider, its address and the model."""
    return f"{settings.AI_PROVIDER} {recipient_name()} {settings.AI_MODEL}"


def ask(question: Question) -> Completion:
    """Ask the provider, within `AI_TIMEOUT_SECONDS` in all. Raise ProviderError if it fails.

    Do not call this in a transaction: it would hold its locks for seconds.
    """
    return asyncio.run(_ask_in_time(_load_client(), question))


def _load_client() -> Client:
    """Import late: each client takes a second or more, and most processes never need one."""
    if settings.AI_PROVIDER == "anthropic":
        from messaging.assistant import anthropic_client

        return anthropic_client.ask
    from messaging.assistant import openai_client

    return openai_client.ask


async def _ask_in_time(client: Client, question: Question) -> Completion:
    """The time-outs of the clients are for silence only. This one is for the whole answer."""
    try:
        async with asyncio.timeout(settings.AI_TIMEOUT_SECONDS):
            return await _ask_with_retry(client, question)
    except TimeoutError:
        raise ProviderError(AssistantOutcome.SLOW, may_be_billed=True) from None


async def _ask_with_retry(client: Client, question: Question) -> Completion:
    for attempt in range(1, MAX_ATTEMPTS + 1):
        try:
            return await client(question)
        except ProviderError as error:
            is_passing = error.outcome in {AssistantOutcome.BUSY, AssistantOutcome.AWAY}
            # What may have been billed is not paid twice.
            if attempt == MAX_ATTEMPTS or not is_passing or error.may_be_billed:
                raise
            await asyncio.sleep(SECONDS_BEFORE_RETRY)
    raise AssertionError("the last attempt returns or raises")
