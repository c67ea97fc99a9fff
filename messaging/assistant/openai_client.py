"""Ask OpenAI's Chat Completions API, or a server that is compatible with it, by OpenAI's client."""

import httpx2
import openai
from django.conf import settings
from openai import AsyncOpenAI, DefaultAsyncHttpxClient
from openai.types.chat import ChatCompletion
from openai.types.shared_params import ResponseFormatJSONSchema

from messaging.assistant.failures import outcome_of_status
from messaging.assistant.provider import Completion, ProviderError, Question
from messaging.models import AssistantOutcome

ADDRESS = "https://api.openai.com/v1"


async def ask(question: Question) -> Completion:
    async with AsyncOpenAI(
        api_key=settings.AI_API_KEY,
        # Named, because the client would take another address from the environment.
        base_url=settings.AI_BASE_URL or ADDRESS,
        timeout=settings.AI_TIMEOUT_SECONDS,
        max_retries=0,
        # A redirect would send the words to a host that nobody has agreed to.
        http_client=DefaultAsyncHttpxClient(follow_redirects=False),
    ) as client:
        try:
            answer = await _create(client, question)
        except openai.APITimeoutError:
            raise ProviderError(AssistantOutcome.SLOW, may_be_billed=True) from None
        except openai.APIConnectionError as error:
            is_unsent = isinstance(error.__cause__, httpx2.ConnectError)
            raise ProviderError(AssistantOutcome.AWAY, may_be_billed=not is_unsent) from None
        except openai.APIStatusError as error:
            raise ProviderError(outcome_of_status(error.status_code)) from None
        except (openai.OpenAIError, ValueError):
            raise ProviderError(AssistantOutcome.UNUSABLE, may_be_billed=True) from None
    try:
        return _read(answer)
    except (AttributeError, TypeError):  # the client does not validate what it has received
        raise ProviderError(AssistantOutcome.UNUSABLE, may_be_billed=True) from None


async def _create(client: AsyncOpenAI, question: Question) -> ChatCompletion:
    response_format: ResponseFormatJSONSchema = {
        "type": "json_schema",
        "json_schema": {"name": question.name, "schema": dict(question.schema), "strict": True},
    }
    # Compatible servers know the older name of the limit, and do not know `store`.
    is_openai = settings.AI_PROVIDER == "openai"
    return await client.chat.completions.create(
        model=settings.AI_MODEL,
        messages=[
            {"role": "system", "content": question.instructions},
            {"role": "user", "content": question.data},
        ],
        response_format=response_format,
        max_completion_tokens=question.max_tokens if is_openai else openai.omit,
        max_tokens=openai.omit if is_openai else question.max_tokens,
        store=False if is_openai else openai.omit,
    )


def _read(answer: ChatCompletion) -> Completion:
    """A compatible server may leave out what OpenAI always sends."""
    usage = answer.usage
    choice = answer.choices[0] if answer.choices else None
    message = choice.message if choice else None
    completion = Completion(
        text=(message.content or "") if message else "",
        input_tokens=usage.prompt_tokens if usage else 0,
        output_tokens=usage.completion_tokens if usage else 0,
    )
    if (message and message.refusal) or (choice and choice.finish_reason == "content_filter"):
        raise ProviderError(AssistantOutcome.REFUSED, completion=completion)
    if usage is None or choice is None or choice.finish_reason != "stop":
        raise ProviderError(
            AssistantOutcome.UNUSABLE, may_be_billed=usage is None, completion=completion
        )
    return completion
