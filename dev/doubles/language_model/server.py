"""Both wire formats, as far as the official clients use them, and a control to change the mode."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from http import HTTPStatus
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from dev.doubles.kit.serving import listen, refuse_other_origins
from dev.doubles.language_model.settings import API_KEY, Mode, Settings
from dev.doubles.language_model.writing import write

LARGEST_REQUEST = 1_000_000
EXPENSIVE_TOKENS = 1_000_000
STATUS = {
    Mode.BUSY: HTTPStatus.TOO_MANY_REQUESTS,
    Mode.FAILING: HTTPStatus.INTERNAL_SERVER_ERROR,
    Mode.UNAUTHORIZED: HTTPStatus.UNAUTHORIZED,
}


@dataclass(frozen=True)
class Question:
    instructions: str
    data: str
    properties: list[str]


@dataclass(frozen=True)
class Answer:
    text: str
    is_refusal: bool
    is_cut: bool
    input_tokens: int
    output_tokens: int


class Double:
    """`async with Double(settings) as double:` listens on its port, on this machine only."""

    def __init__(self, settings: Settings) -> None:
        self.port, self.mode, self.slow_seconds = (
            settings.port,
            settings.mode,
            settings.slow_seconds,
        )
        # The bodies of the requests, for tests that look at what was sent.
        self.received: list[Mapping[str, Any]] = []
        self._application = web.Application(
            middlewares=[refuse_other_origins(api="/v1/")], client_max_size=LARGEST_REQUEST
        )
        self._application.add_routes(
            [
                web.post("/v1/messages", self._anthropic),
                web.post("/v1/chat/completions", self._openai),
                web.post("/mode/{mode}", self._set_mode),
            ]
        )

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            self.port = await listen(stack, self._application, self.port)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._stack.aclose()

    async def _set_mode(self, request: web.Request) -> web.Response:
        try:
            self.mode = Mode(request.match_info["mode"])
        except ValueError:
            return web.json_response({"modes": list(Mode)}, status=HTTPStatus.BAD_REQUEST)
        return web.json_response({"mode": self.mode})

    async def _anthropic(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.received.append(body)
        if failure := await self._fail(request):
            return failure
        if "tools" in body:
            return web.json_response({}, status=HTTPStatus.BAD_REQUEST)
        schema = body["output_config"]["format"]["schema"]
        answer = self._answer(
            Question(
                instructions=body["system"],
                data=body["messages"][0]["content"],
                properties=list(schema["properties"]),
            )
        )
        ended = "max_tokens" if answer.is_cut else "end_turn"
        return web.json_response(
            {
                "id": "msg_double",
                "type": "message",
                "role": "assistant",
                "model": body["model"],
                "content": [] if answer.is_refusal else [{"type": "text", "text": answer.text}],
                "stop_reason": "refusal" if answer.is_refusal else ended,
                "stop_sequence": None,
                "usage": {
                    "input_tokens": answer.input_tokens,
                    "output_tokens": answer.output_tokens,
                },
            }
        )

    async def _openai(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.received.append(body)
        if failure := await self._fail(request):
            return failure
        if "tools" in body:
            return web.json_response({}, status=HTTPStatus.BAD_REQUEST)
        schema = body["response_format"]["json_schema"]["schema"]
        answer = self._answer(
            Question(
                instructions=body["messages"][0]["content"],
                data=body["messages"][1]["content"],
                properties=list(schema["properties"]),
            )
        )
        message = {
            "role": "assistant",
            "content": None if answer.is_refusal else answer.text,
            "refusal": answer.text if answer.is_refusal else None,
        }
        finish_reason = "length" if answer.is_cut else "stop"
        return web.json_response(
            {
                "id": "chatcmpl-double",
                "object": "chat.completion",
                "created": 1,
                "model": body["model"],
                "choices": [{"index": 0, "message": message, "finish_reason": finish_reason}],
                "usage": {
                    "prompt_tokens": answer.input_tokens,
                    "completion_tokens": answer.output_tokens,
                    "total_tokens": answer.input_tokens + answer.output_tokens,
                },
            }
        )

    async def _fail(self, request: web.Request) -> web.StreamResponse | None:
        """Return the response of a mode that gives no answer, or of a wrong key."""
        mode = self.mode
        # Older clients of Anthropic send the key in a header of its own.
        bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if API_KEY not in {bearer, request.headers.get("x-api-key")} or mode == Mode.UNAUTHORIZED:
            return _error(HTTPStatus.UNAUTHORIZED)
        if mode == Mode.BUSY_ONCE:
            self.mode = Mode.GOOD
            return _error(HTTPStatus.TOO_MANY_REQUESTS)
        if mode in STATUS:
            return _error(STATUS[mode])
        if mode == Mode.REDIRECTING:
            raise web.HTTPTemporaryRedirect(request.path)
        if mode == Mode.EMPTY:
            return web.json_response({})
        if mode == Mode.SLOW:
            await asyncio.sleep(self.slow_seconds)
        if mode == Mode.DRIPPING:
            return await self._drip(request)
        return None

    async def _drip(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        for _ in range(int(self.slow_seconds * 10)):
            await response.write(b" ")
            await asyncio.sleep(0.1)
        return response

    def _answer(self, question: Question) -> Answer:
        text = write(self.mode, data=question.data, properties=question.properties)
        if self.mode == Mode.REVEALING_ONCE:
            self.mode = Mode.GOOD
        is_refusal = self.mode == Mode.REFUSING
        sent = len(question.instructions + question.data) // 4
        return Answer(
            text="I cannot help with that." if is_refusal else text,
            is_refusal=is_refusal,
            is_cut=self.mode == Mode.RAMBLING,
            input_tokens=EXPENSIVE_TOKENS if self.mode == Mode.EXPENSIVE else sent,
            output_tokens=len(text) // 4,
        )


def _error(status: HTTPStatus) -> web.Response:
    return web.json_response(
        {"type": "error", "error": {"type": "error", "message": status.phrase}}, status=status
    )
