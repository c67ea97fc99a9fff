"""Control the simulator of Twilio: its faults, its sent messages, and patients' replies."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from templates_app.models import MessageType
from tests.chaos.clinics import LINKS, content_sid
from tests.dev.doubles.simulation import Simulation

FAULTS = {
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
# Confirmations have no link. They are recognised by the last word of our own text.
CONFIRMATIONS = {"ALTA.": MessageType.CONFIRM_STOP, "BAJA.": MessageType.CONFIRM_START}
TOKEN = re.compile(r"/[rfv]/([\w-]+)")


@dataclass(frozen=True)
class SentMessage:
    """A message that the provider accepted."""

    sid: str
    kind: str
    token: str  # empty in a confirmation
    phone: str
    sender: str

    @property
    def is_confirmation(self) -> bool:
        return self.kind in CONFIRMATIONS.values()

    @property
    def channel(self) -> str:
        return "whatsapp" if self.sender.startswith("whatsapp:") else "sms"


def start_faults(provider: Simulation, *, seed: int) -> None:
    for kind in MessageType:
        provider.control(
            "PUT", f"contents/{content_sid(kind)}", {"body": f"{kind} {{{{1}}}}", "buttons": []}
        )
    provider.faults(**FAULTS, seed=seed)


def stop_faults(provider: Simulation) -> None:
    provider.faults(**dict.fromkeys(FAULTS, 0))


def sent_messages(provider: Simulation, *, newest: int) -> list[SentMessage]:
    return [*_parse(provider.control("GET", f"messages?limit={newest}")["messages"])]


def counts(provider: Simulation) -> Counter[str]:
    return Counter(provider.control("GET", "stats")["counts"])


def undelivered_webhooks(provider: Simulation) -> int:
    count: int = provider.control("GET", "stats")["webhooks_waiting"]
    return count


def reply(provider: Simulation, *, phone: str, to: SentMessage, text: str) -> str:
    """Let a patient reply to a message. Return the SID of the reply."""
    body = {"from": phone, "to": to.sender, "body": text, "channel": to.channel}
    sid: str = provider.control("POST", "reply", body)["sid"]
    return sid


def _parse(messages: Iterable[dict[str, Any]]) -> Iterable[SentMessage]:
    for message in messages:
        phone = str(message["to"]).removeprefix("whatsapp:")
        if kind := CONFIRMATIONS.get(message["body"].rpartition(" responda ")[2]):
            yield SentMessage(message["sid"], kind, "", phone, message["from"])
            continue
        token = TOKEN.search(message["body"])
        first_word = message["body"].partition(" ")[0]
        assert token, "A message without a patient's link was sent."
        assert first_word in LINKS, "A message with an unknown text was sent."
        yield SentMessage(message["sid"], first_word, token[1], phone, message["from"])
