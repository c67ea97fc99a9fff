"""A row as the file has it."""

from dataclasses import dataclass

from patients.people.values import Value

Cell = Value


@dataclass(frozen=True, slots=True)
class ListRow:
    number: int
    cells: list[Cell]
