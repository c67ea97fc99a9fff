"""Keeps the phones over a restart: one file, written now and then while something changes."""

import asyncio
import json
from contextlib import suppress
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from dev.doubles.kit.serving import write_atomically
from dev.doubles.twilio.state import Button, Direction, Mail, Message, State, Status

# It is a stage, not an archive: the newest, and seldom.
MESSAGES_KEPT = 2000
SECONDS_BETWEEN = 2


class Keeper:
    def __init__(self, path: Path, state: State) -> None:
        self.path = path
        self.state = state

    async def __aenter__(self) -> Self:
        # What cannot be read any more is no reason not to start: the phones are empty then.
        with suppress(FileNotFoundError, ValueError, TypeError, KeyError):
            load(self.state, json.loads(self.path.read_text("utf-8")))
        self._task = asyncio.create_task(self._save_now_and_then())
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
        write_atomically(self.path, json.dumps(dump(self.state)))

    async def _save_now_and_then(self) -> None:
        with self.state.changes.watch() as watcher:
            while True:
                if await watcher.some(at_most=1_000_000, within=60):
                    self.save()
                await asyncio.sleep(SECONDS_BETWEEN)


def dump(state: State) -> dict[str, Any]:
    newest = [*islice(reversed(state.messages.values()), MESSAGES_KEPT)]
    return {
        "messages": [asdict(message) for message in reversed(newest)],
        "mails": [asdict(mail) for mail in state.mails],
        "names": {phone.address: phone.name for phone in state.phones.values()},
        "blocked": [*state.blocked],
        "last_heard": [[*key, at] for key, at in state.last_heard.items()],
        "services": state.services,
    }


def load(state: State, kept: dict[str, Any]) -> None:
    items: list[Message | Mail] = [
        Message(
            **{
                **fields,
                "status": Status(fields["status"]),
                "direction": Direction(fields["direction"]),
                "buttons": tuple(Button(**button) for button in fields["buttons"]),
            }
        )
        for fields in kept["messages"]
    ]
    items += [Mail(**fields) for fields in kept["mails"]]
    for item in sorted(items, key=lambda item: item.created):
        if isinstance(item, Mail):
            state.add_mail(item)
        else:
            state.add(item)
    for address, name in kept["names"].items():
        state.phone(address).name = name
    state.blocked = {(line, person) for line, person in kept["blocked"]}
    state.last_heard = {(line, person): at for line, person, at in kept["last_heard"]}
    state.services = dict(kept["services"])
    state.stats.clear()
