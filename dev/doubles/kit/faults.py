"""What the faults of all doubles share: latency, resets, a seed, and what becomes of a request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, Self, TypeVar

from dev.doubles.kit.knobs import Dice


class CommonFaults(Protocol):
    """The fields that each double's dataclass of faults has."""

    @property
    def latency_ms(self) -> int: ...

    @property
    def jitter_ms(self) -> int: ...

    @property
    def rate_reset(self) -> float: ...

    @property
    def seed(self) -> int: ...

    def changed(self, values: Mapping[str, object]) -> Self: ...


F = TypeVar("F", bound=CommonFaults)


@dataclass(frozen=True, slots=True)
class Fate:
    """The outcome of a request: refused with this code, carried out or not, answered or not."""

    code: int | None = None
    recorded: bool = True
    answered: bool = True


FINE = Fate()


class CommonTrouble(Generic[F]):
    """The current faults, and whether one of them happens now."""

    def __init__(self, faults: F) -> None:
        self.initial = faults
        self.reset()

    def reset(self) -> None:
        self.faults = self.initial
        self.dice = Dice(self.faults.seed)

    def change(self, values: Mapping[str, object]) -> None:
        self.faults = self.faults.changed(values)
        if "seed" in values:
            self.dice = Dice(self.faults.seed)

    def resets(self) -> bool:
        return self.dice.happens("reset", self.faults.rate_reset)

    def latency(self) -> float:
        """Return the latency in seconds."""
        faults = self.faults
        jitter = self.dice.of("jitter").uniform(0, faults.jitter_ms) if faults.jitter_ms else 0
        return (faults.latency_ms + jitter) / 1000
