"""Keeps the account over a restart: one file, written now and then while something changes."""

import asyncio
import json
from contextlib import suppress
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from dev.doubles.kit.serving import write_atomically
from dev.doubles.stripe.account import Account, Record
from dev.doubles.stripe.subscriptions import renewing

SECONDS_BETWEEN = 2
SECONDS_PER_MINUTE = 60
EVENTS_KEPT = 1000


class Keeper:
    """Reads it, writes it, and once a minute lets happen what fell due."""

    def __init__(self, account: Account, path: Path | None) -> None:
        self.account = account
        self.path = path
        self._written = ""

    async def __aenter__(self) -> Self:
        if self.path and self.path.exists():
            load(self.account, self.path.read_text("utf-8"))
        self._task = asyncio.create_task(self._look_after())
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
        if not self.path or (text := json.dumps(dump(self.account))) == self._written:
            return
        write_atomically(self.path, text)
        self._written = text

    async def _look_after(self) -> None:
        while True:
            renewing.catch_up(self.account)
            for _ in range(SECONDS_PER_MINUTE // SECONDS_BETWEEN):
                self.save()
                await asyncio.sleep(SECONDS_BETWEEN)


def dump(account: Account) -> dict[str, Any]:
    """All but the oldest events, unless those still wait to be told."""
    old = islice(account.of("event"), max(0, sum(1 for _ in account.of("event")) - EVENTS_KEPT))
    forgotten = {event["id"] for event in old} - {*account.untold}
    return {
        "url": account.url,
        "records": [one for one in account.records.values() if one["id"] not in forgotten],
        "untold": [*account.untold],
        "failing": [*account.failing],
    }


def load(account: Account, text: str) -> None:
    """Its pages may have moved to another port since."""
    kept = json.loads(text)
    if kept["url"] != account.url:
        kept = json.loads(text.replace(f'"{kept["url"]}/', f'"{account.url}/'))
    records: list[Record] = kept["records"]
    account.records.update({record["id"]: record for record in records})
    account.untold.extend(wanted for wanted in kept["untold"] if wanted in account.records)
    account.failing.update(kept["failing"])
