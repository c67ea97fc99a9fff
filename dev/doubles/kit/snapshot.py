"""Keep a double's state over a restart, in one file that is written after changes."""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from dev.doubles.kit.serving import write_atomically

SECONDS_BETWEEN = 2


class StateFile:
    """Load the file when entered, then save every two seconds if something changed."""

    def __init__(
        self, path: Path | None, *, load: Callable[[str], None], dump: Callable[[], Any]
    ) -> None:
        self.path = path
        self.load = load
        self.dump = dump
        self._written = ""

    async def __aenter__(self) -> Self:
        # A file that cannot be read must not keep the double from starting: it starts empty.
        if self.path:
            with suppress(FileNotFoundError, ValueError, TypeError, KeyError):
                self.load(self.path.read_text("utf-8"))
        self._task = asyncio.create_task(self._save_regularly())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        self.save()

    def save(self) -> None:
        if self.path and (text := json.dumps(self.dump())) != self._written:
            write_atomically(self.path, text)
            self._written = text

    async def _save_regularly(self) -> None:
        while self.path:
            await asyncio.sleep(SECONDS_BETWEEN)
            self.save()
