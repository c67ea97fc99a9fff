"""Faults that are set by options or while a double runs, and the dice that decide when they happen.

Each double has a frozen dataclass of its faults. A field's metadata holds its help and its maximum.
"""

import random
from dataclasses import Field, field
from typing import Any


def share(of: str, default: float = 0.0) -> float:
    return field(default=default, metadata={"help": f"share (0-1) of {of}", "most": 1})


def milliseconds(default: int, what: str) -> int:
    return field(default=default, metadata={"help": f"milliseconds {what}", "most": 600_000})


def number(default: int, what: str, *, most: int) -> int:
    return field(default=default, metadata={"help": what, "most": most})


def check_number(knob: "Field[Any]", value: object) -> Any:
    """Convert a value to its type or raise an error with a message. Variables are always text."""
    most = knob.metadata["most"]
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        try:
            converted = float(value) if isinstance(knob.default, float) else int(value)
        except (ValueError, OverflowError):
            converted = -1
        if 0 <= converted <= most:
            return converted
    raise ValueError(f"{knob.name} takes a number from 0 to {most}, not {value!r}.")


class Dice:
    """A random generator for each kind of fault, so that one does not shift another."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._generators: dict[str, random.Random] = {}

    def happens(self, kind: str, rate: float) -> bool:
        return rate > 0 and self.of(kind).random() < rate

    def of(self, kind: str) -> random.Random:
        if kind not in self._generators:
            self._generators[kind] = random.Random(f"{self.seed} {kind}")  # noqa: S311
        return self._generators[kind]
