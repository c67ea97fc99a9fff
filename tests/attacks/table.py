"""What an attack tried, and whether the product held."""

from collections.abc import Sequence
from dataclasses import dataclass

HEADINGS = ("attack", "tried", "held", "evidence")


@dataclass(frozen=True)
class Row:
    attack: str
    tried: str
    held: bool
    evidence: str


def render(rows: Sequence[Row]) -> str:
    """Return the rows as a table for a terminal."""
    lines = [HEADINGS, *((r.attack, r.tried, "yes" if r.held else "NO", r.evidence) for r in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    return "\n".join(
        "  ".join(f"{cell:<{width}}" for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
