"""Simulated faults. Each field of Faults is also an option and an environment variable."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from dev.doubles.kit.faults import FINE, CommonTrouble, Fate
from dev.doubles.kit.knobs import check_number, milliseconds, number, share

Codes = dict[str, int]


@dataclass(frozen=True, slots=True)
class Faults:
    latency_ms: int = milliseconds(0, "before an API answer")
    jitter_ms: int = milliseconds(0, "at most, on top of the latency")
    rate_429: float = share("requests refused as too many (20429), never recorded")
    retry_after: int = number(1, "seconds that a 429 asks to wait", most=3600)
    rate_500: float = share("requests answered with 500")
    rate_503: float = share("requests answered with 503")
    recorded_share: float = share("those 500 and 503 that were accepted all the same", 0.5)
    rate_drop: float = share("creates that are accepted while the answer never arrives")
    drop_hold_ms: int = milliseconds(0, "that a dropped answer keeps its caller waiting")
    rate_reset: float = share("connections reset before anything is read")
    list_lag_ms: int = milliseconds(0, "until a new message shows up in lists")
    rate_duplicate: float = share("callbacks told twice")
    rate_reorder: float = share("callbacks told late, after those that follow")
    reorder_ms: int = milliseconds(1500, "at most, that a reordered callback is late")
    rate_lose: float = share("callbacks never told")
    queued_ms: int = milliseconds(50, "from the answer to queued")
    sent_ms: int = milliseconds(250, "from queued to sent")
    delivered_ms: int = milliseconds(700, "from sent to delivered")
    read_ms: int = milliseconds(2500, "from delivered to read (WhatsApp)")
    price_ms: int = milliseconds(60_000, "from sent until a message has its price")
    codes: Codes = field(
        default_factory=dict,
        metadata={"help": "error codes by the end of the number: 0042=30003,77=30008"},
    )
    seed: int = number(0, "the same seed gives the same faults", most=2**63)

    def changed(self, values: Mapping[str, object]) -> "Faults":
        checked = {name: _checked(name, value) for name, value in values.items()}
        return dataclasses.replace(self, **checked)


KNOBS = {knob.name: knob for knob in dataclasses.fields(Faults)}


def _checked(name: str, value: object) -> Any:
    if name not in KNOBS:
        raise ValueError(f"There is no knob {name!r}: take one of {', '.join(KNOBS)}.")
    if name == "codes":
        return _codes(value)
    return check_number(KNOBS[name], value)


def _codes(value: object) -> Codes:
    pairs = value
    if isinstance(value, str):
        pairs = dict(pair.strip().partition("=")[::2] for pair in value.split(",") if pair.strip())
    if isinstance(pairs, dict):
        texts = {str(end).strip(): str(code).strip() for end, code in pairs.items()}
        if all(word.isdecimal() for pair in texts.items() for word in pair):
            return {end: int(code) for end, code in texts.items()}
    raise ValueError(f"codes takes ends of numbers with a code each (0042=30003), not {value!r}.")


class Trouble(CommonTrouble[Faults]):
    def choose_fate(self) -> Fate:
        faults = self.faults
        if self.dice.happens("429", faults.rate_429):
            return Fate(code=20429, recorded=False)
        if self.dice.happens("500", faults.rate_500):
            return Fate(code=20500, recorded=self.dice.happens("recorded", faults.recorded_share))
        if self.dice.happens("503", faults.rate_503):
            return Fate(code=20503, recorded=self.dice.happens("recorded", faults.recorded_share))
        if self.dice.happens("drop", faults.rate_drop):
            return Fate(answered=False)
        return FINE

    def callback_delays(self) -> list[float]:
        """Return after how many seconds to send a callback: at once, twice, late, or never ([])."""
        faults = self.faults
        if self.dice.happens("lose", faults.rate_lose):
            return []
        late = self.dice.happens("reorder", faults.rate_reorder)
        first = self.dice.of("late").uniform(0.1, 1) * faults.reorder_ms / 1000 if late else 0.0
        if not self.dice.happens("duplicate", faults.rate_duplicate):
            return [first]
        return [first, first + self.dice.of("again").uniform(0, 0.5)]

    def keeps_token(self) -> bool:
        """Return whether a duplicate has the same token as the first."""
        return self.dice.happens("token", 0.5)
