"""Dump and load the state of the simulator: the newest messages, mails, phones and opt-outs."""

import json
from dataclasses import asdict
from itertools import islice
from typing import Any

from dev.doubles.twilio.state import Button, Direction, Mail, Media, Message, State, Status

MESSAGES_KEPT = 2000


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


def load(state: State, text: str) -> None:
    kept = json.loads(text)
    items: list[Message | Mail] = [
        Message(
            **{
                **fields,
                "status": Status(fields["status"]),
                "direction": Direction(fields["direction"]),
                "buttons": tuple(Button(**button) for button in fields["buttons"]),
                "media": tuple(Media(**media) for media in fields.get("media", ())),
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
