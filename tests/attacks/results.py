"""The result of an attack: what it tried, and whether the product withstood it."""

from collections.abc import Sequence
from dataclasses import dataclass

HEADINGS = ("attack", "tried", "held", "evidence")


@dataclass(frozen=True)
class AttackResult:
    attack: str
    tried: str
    held: bool
    evidence: str


def render(results: Sequence[AttackResult]) -> str:
    """Return the results as a table for a terminal."""
    lines = [
        HEADINGS,
        *((r.attack, r.tried, "yes" if r.held else "NO", r.evidence) for r in results),
    ]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
