"""The simulator as the storm sees it: what it took, and how it misbehaves."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from templates_app.models import MessageType
from tests.chaos.clinics import LINKS, content_sid
from tests.dev.doubles.simulation import Simulation

TROUBLE = {
    "rate_drop": 0.05,
    "rate_429": 0.05,
    "rate_500": 0.02,
    "recorded_share": 0.5,
    "rate_duplicate": 0.1,
    "rate_reorder": 0.1,
    "rate_lose": 0.1,
    "latency_ms": 50,
    "jitter_ms": 150,
}
# The last word of our own texts, which clinics cannot change.
CONFIRMS = {"ALTA.": MessageType.CONFIRM_STOP, "BAJA.": MessageType.CONFIRM_START}
TOKEN = re.compile(r"/[rfv]/([\w-]+)")


@dataclass(frozen=True)
class Told:
    """A message that the provider accepted."""

    sid: str
    kind: str
    token: str  # empty in a confirmation, which has no link
    phone: str
    sender: str

    @property
    def is_confirmation(self) -> bool:
        return self.kind in CONFIRMS.values()

    @property
    def channel(self) -> str:
        return "whatsapp" if self.sender.startswith("whatsapp:") else "sms"


def begin_trouble(network: Simulation, *, seed: int) -> None:
    for kind in MessageType:
        network.control(
            "PUT", f"contents/{content_sid(kind)}", {"body": f"{kind} {{{{1}}}}", "buttons": []}
        )
    network.faults(**TROUBLE, seed=seed)


def end_trouble(network: Simulation) -> None:
    network.faults(**dict.fromkeys(TROUBLE, 0))


def told(network: Simulation, *, newest: int) -> list[Told]:
    return [*_read(network.control("GET", f"messages?limit={newest}")["messages"])]


def counts(network: Simulation) -> Counter[str]:
    return Counter(network.control("GET", "stats")["counts"])


def waiting(network: Simulation) -> int:
    """Webhooks that it has still to deliver."""
    found: int = network.control("GET", "stats")["webhooks_waiting"]
    return found


def reply(network: Simulation, *, phone: str, to: Told, text: str) -> str:
    answer = {"from": phone, "to": to.sender, "body": text, "channel": to.channel}
    sid: str = network.control("POST", "reply", answer)["sid"]
    return sid


def _read(messages: Iterable[dict[str, Any]]) -> Iterable[Told]:
    for message in messages:
        phone = str(message["to"]).removeprefix("whatsapp:")
        if confirms := CONFIRMS.get(message["body"].rpartition(" responda ")[2]):
            yield Told(message["sid"], confirms, "", phone, message["from"])
            continue
        token = TOKEN.search(message["body"])
        kind = message["body"].partition(" ")[0]
        assert token, "A message without a patient's link was sent."
        assert kind in LINKS, "A message that no clinic of ours writes was sent."
        yield Told(message["sid"], kind, token[1], phone, message["from"])
