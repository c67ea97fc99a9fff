"""Ask Anthropic's Messages API, by the official client."""

import anthropic
import httpx2
from anthropic import AsyncAnthropic, DefaultAsyncHttpxClient
from anthropic.types import Message
from django.conf import settings

from messaging.assistant.failures import outcome_of_status
from messaging.assistant.provider import Completion, ProviderError, Question
from messaging.models import AssistantOutcome

ADDRESS = "https://api.anthropic.com"


async def ask(question: Question) -> Completion:
    async with AsyncAnthropic(
        api_key=settings.AI_API_KEY,
        # Named, because the client would take another address from the environment.
        base_url=settings.AI_BASE_URL or ADDRESS,
        timeout=settings.AI_TIMEOUT_SECONDS,
        max_retries=0,
        # The environment could turn on traces with the words of patients.
        open_telemetry=False,
        # A redirect would send the words to a host that nobody has agreed to.
        http_client=DefaultAsyncHttpxClient(follow_redirects=False),
    ) as client:
        try:
            message = await client.messages.create(
                model=settings.AI_MODEL,
                max_tokens=question.max_tokens,
                system=question.instructions,
                messages=[{"role": "user", "content": question.data}],
                output_config={"format": {"type": "json_schema", "schema": dict(question.schema)}},
            )
        except anthropic.APITimeoutError:
            raise ProviderError(AssistantOutcome.SLOW, may_be_billed=True) from None
        except anthropic.APIConnectionError as error:
            is_unsent = isinstance(error.__cause__, httpx2.ConnectError)
            raise ProviderError(AssistantOutcome.AWAY, may_be_billed=not is_unsent) from None
        except anthropic.APIStatusError as error:
            raise ProviderError(outcome_of_status(error.status_code)) from None
        except (anthropic.AnthropicError, ValueError):
            raise ProviderError(AssistantOutcome.UNUSABLE, may_be_billed=True) from None
    try:
        return _read(message)
    except (AttributeError, TypeError):  # the client does not validate what it has received
        raise ProviderError(AssistantOutcome.UNUSABLE, may_be_billed=True) from None


def _read(message: Message) -> Completion:
    """Thinking comes in blocks of its own, so only blocks of text are the answer."""
    completion = Completion(
        text="".join(block.text for block in message.content if block.type == "text"),
        input_tokens=message.usage.input_tokens,
        output_tokens=message.usage.output_tokens,
    )
    if message.stop_reason == "refusal":
        raise ProviderError(AssistantOutcome.REFUSED, completion=completion)
    if message.stop_reason != "end_turn":
        raise ProviderError(AssistantOutcome.UNUSABLE, completion=completion)
    return completion
