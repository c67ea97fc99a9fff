"""Notify open pages of changed phones. A slow page gets the latest state, not every change."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager


class Watcher:
    def __init__(self) -> None:
        self._changed: dict[str, None] = {}
        self._awake = asyncio.Event()

    def add(self, address: str) -> None:
        self._changed[address] = None
        self._awake.set()

    async def wait_for_changes(self, *, at_most: int, within: float) -> list[str]:
        """Return the addresses that changed, the oldest first. Empty if nothing changes in time."""
        try:
            await asyncio.wait_for(self._awake.wait(), within)
        except TimeoutError:
            return []
        taken = list(self._changed)[:at_most]
        for address in taken:
            del self._changed[address]
        if not self._changed:
            self._awake.clear()
        return taken


class Changes:
    def __init__(self) -> None:
        self._watchers: set[Watcher] = set()

    def notify(self, address: str) -> None:
        for watcher in self._watchers:
            watcher.add(address)

    @contextmanager
    def watch(self) -> Iterator[Watcher]:
        watcher = Watcher()
        self._watchers.add(watcher)
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)
