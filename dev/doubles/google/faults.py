"""Simulated faults. Each field of Faults is also an option and an environment variable."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass

from dev.doubles.kit.faults import FINE, CommonTrouble, Fate
from dev.doubles.kit.knobs import check_number, milliseconds, number, share

UNLIMITED = 1_000_000


@dataclass(frozen=True, slots=True)
class Faults:
    latency_ms: int = milliseconds(0, "before an API answer")
    jitter_ms: int = milliseconds(0, "at most, on top of the latency")
    quota: int = number(
        UNLIMITED, "requests a minute for each API; 0 before Google approves", most=UNLIMITED
    )
    edit_quota: int = number(UNLIMITED, "edits a minute for each location", most=UNLIMITED)
    rate_429: float = share("API requests refused as too many, never recorded")
    rate_403: float = share("API requests refused as not permitted, never recorded")
    rate_500: float = share("API requests answered with 500")
    rate_503: float = share("API requests answered with 503")
    recorded_share: float = share("those 500 and 503 that were carried out all the same", 0.5)
    rate_drop: float = share("API requests that are carried out while the answer never arrives")
    rate_reset: float = share("connections reset before anything is read")
    rate_expired_page: float = share("page tokens refused as no longer valid")
    rate_token_500: float = share("token requests answered with 500")
    token_seconds: int = number(3600, "seconds that an access token is valid", most=86_400)
    moderation_ms: int = milliseconds(0, "from a reply until it is approved or rejected")
    push_ms: int = milliseconds(0, "from a change until it is pushed")
    rate_push_lost: float = share("pushes that are never sent")
    rate_push_doubled: float = share("pushes that are sent twice")
    rate_push_late: float = share("pushes that come late, after later ones")
    push_late_ms: int = milliseconds(1500, "at most, that a late push is late")
    rate_push_documented: float = share(
        "pushes with the names of the reference (reviewName), not those that Google sends (review)"
    )
    seed: int = number(0, "the same seed gives the same faults", most=2**63)

    def changed(self, values: Mapping[str, object]) -> "Faults":
        for name in values:
            if name not in KNOBS:
                raise ValueError(f"There is no knob {name!r}: take one of {', '.join(KNOBS)}.")
        checked = {name: check_number(KNOBS[name], value) for name, value in values.items()}
        return dataclasses.replace(self, **checked)


KNOBS = {knob.name: knob for knob in dataclasses.fields(Faults)}


class Trouble(CommonTrouble[Faults]):
    def choose_fate(self) -> Fate:
        for code in (429, 403):
            if self.dice.happens(str(code), getattr(self.faults, f"rate_{code}")):
                return Fate(code=code, recorded=False)
        for code in (500, 503):
            if self.dice.happens(str(code), getattr(self.faults, f"rate_{code}")):
                recorded = self.dice.happens("recorded", self.faults.recorded_share)
                return Fate(code=code, recorded=recorded)
        if self.dice.happens("drop", self.faults.rate_drop):
            return Fate(answered=False)
        return FINE

    def page_has_expired(self) -> bool:
        return self.dice.happens("page", self.faults.rate_expired_page)

    def token_fails(self) -> bool:
        return self.dice.happens("token", self.faults.rate_token_500)

    def push_delays(self) -> list[float]:
        """Return after how many seconds to push: at once, twice, late, or never ([])."""
        faults = self.faults
        if self.dice.happens("lost", faults.rate_push_lost):
            return []
        first = faults.push_ms / 1000
        if self.dice.happens("late", faults.rate_push_late):
            first += self.dice.of("how late").uniform(0.1, 1) * faults.push_late_ms / 1000
        if not self.dice.happens("doubled", faults.rate_push_doubled):
            return [first]
        return [first, first + self.dice.of("again").uniform(0, 0.5)]

    def pushes_documented_names(self) -> bool:
        return self.dice.happens("names", self.faults.rate_push_documented)
