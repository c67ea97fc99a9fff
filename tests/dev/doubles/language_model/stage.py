"""The double of a language model in a thread of its own, and the settings that lead to it."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

from django.test.utils import override_settings

from dev.doubles.language_model.server import Double
from dev.doubles.language_model.settings import API_KEY, MODEL, Mode, Settings
from tests.dev.doubles.background import LoopThread

SLOW_SECONDS = 30
TIMEOUT_SECONDS = 5


class LanguageModel:
    """Until the end of the `with`."""

    def __enter__(self) -> Self:
        self._thread = LoopThread()
        self._double = Double(Settings(port=0, slow_seconds=SLOW_SECONDS))
        self._thread.run(self._double.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.run(self._double.__aexit__(None, None, None))
        self._thread.run(self._cancel_requests())
        self._thread.stop()

    async def _cancel_requests(self) -> None:
        """End the requests of slow modes, whose clients have hung up."""
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def reset(self) -> None:
        self._double.mode = Mode.GOOD
        self._double.received.clear()

    def behave(self, mode: Mode) -> None:
        self._double.mode = mode

    @property
    def received(self) -> list[Mapping[str, Any]]:
        """The bodies of the requests."""
        return self._double.received

    @property
    def port(self) -> int:
        return self._double.port

    def last_request(self) -> str:
        return json.dumps(self.received[-1], ensure_ascii=False)

    @contextmanager
    def in_use(self, provider: str = "anthropic", **more: object) -> Iterator[Self]:
        suffix = "" if provider == "anthropic" else "/v1"
        values = {
            "AI_PROVIDER": provider,
            "AI_MODEL": MODEL,
            "AI_API_KEY": API_KEY,
            "AI_BASE_URL": f"http://127.0.0.1:{self.port}{suffix}",
            "AI_TIMEOUT_SECONDS": TIMEOUT_SECONDS,
            "AI_INPUT_PRICE": "1",
            "AI_OUTPUT_PRICE": "5",
        }
        with override_settings(**values | more):
            yield self
