"""A row as the file has it, and its cells as plain text."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from patients.lists import limits


class Formula(str):
    """A formula whose result the file does not hold."""

    __slots__ = ()


Cell = str | int | float | datetime | date | time | bool | None


@dataclass(frozen=True, slots=True)
class ListRow:
    number: int
    cells: list[Cell]


# Python refuses to write out numbers of thousands of digits, and nobody means one.
LARGEST = 10**30

# Marks that print nothing, and what a database cannot store.
INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)
# What spreadsheets and exports put before or around a text, so that it stays a text.
GUARDED = re.compile(r"'(?=[=+\-@\t\r])")
AS_TEXT = re.compile(r'="([^"]*)"')


def tidy(cell: Cell) -> str:
    """The beginning of the cell as text: white space in order, nothing invisible, no spreadsheet's
    trick."""
    if isinstance(cell, str):
        text = cell[: limits.CELL_READ]
        text = text if text.isprintable() else INVISIBLE.sub("", text)
        text = " ".join(text.split())
        if text[:1] in {"'", "="}:
            if GUARDED.match(text):
                return text[1:]
            if guarded := AS_TEXT.fullmatch(text):
                return guarded[1].strip()
        return text
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, int) and abs(cell) > LARGEST:
        return f"{LARGEST:.0e}"
    return str(cell)
