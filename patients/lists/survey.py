"""One pass over a file: what it is, its columns, and what stands in them."""

import hashlib
import itertools
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import Any, BinaryIO

from patients.lists import csv_files, limits, xlsx_files
from patients.lists.cells import Cell, ListRow, tidy
from patients.lists.evidence import Evidence, Watch
from patients.lists.file_types import sniff, sniff_whole
from patients.lists.headings import FIRST_ROWS, find_heading
from patients.lists.problems import ListProblem
from patients.lists.words import plain

__all__ = ["ListColumn", "Survey", "sniff", "survey"]

SAMPLES = 5
TELL_EVERY = 1000


@dataclass(frozen=True)
class ListColumn:
    label: str
    heading: str
    index: int
    samples: list[str] = field(default_factory=list)
    evidence: Evidence = field(default_factory=Evidence)


@dataclass(frozen=True)
class Survey:
    kind: str
    encoding: str
    delimiter: str
    sheets: list[str]
    sheet: str
    heading_row: int
    columns: list[ListColumn]
    rows: int
    layout: str
    # Cells of a usual row, empty columns too: by it a quotation mark that never closes is known.
    width: int = 0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Survey":
        columns = [
            ListColumn(**{**column, "evidence": Evidence(**column["evidence"])})
            for column in stored["columns"]
        ]
        return cls(**{**stored, "columns": columns})

    def column(self, label: str) -> ListColumn | None:
        return next((column for column in self.columns if column.label == label), None)


def survey(
    file: BinaryIO,
    *,
    filename: str,
    sheet: str = "",
    on_row: Callable[[int], None] | None = None,
    today: date | None = None,
) -> Survey:
    head = sniff_whole(file, filename)
    shape, names = csv_files.Shape("", "", 0), list[str]()
    if head.startswith(b"PK"):
        kind, names = "xlsx", xlsx_files.sheets(file)
        sheet = sheet or xlsx_files.first_list(file)
        source = xlsx_files.xlsx_rows(file, sheet)
    else:
        kind, sheet, shape = "csv", "", csv_files.shape(file)
        source = csv_files.csv_rows(file, shape)
    heading_row, columns, rows = _read(source, on_row, today or datetime.now(UTC).date())
    return Survey(
        kind, shape.encoding, shape.delimiter, names, sheet, heading_row, columns, rows,
        layout_of(columns), shape.width,
    )  # fmt: skip


def _read(
    source: Iterator[ListRow], on_row: Callable[[int], None] | None, today: date
) -> tuple[int, list[ListColumn], int]:
    first = list(itertools.islice(source, FIRST_ROWS))
    if not first:
        raise ListProblem("empty")
    place = find_heading(first)
    heading = first[place] if place is not None else None
    watches: list[Watch] = []
    count = 0
    for row in _data(first, place, source):
        count += 1
        if count > limits.ROWS:
            raise ListProblem("too_many_rows", limit=limits.ROWS)
        if on_row and count % TELL_EVERY == 0:
            on_row(count)
        if any(row.cells[limits.COLUMNS_SEEN :]):
            raise too_wide(len(row.cells))
        while len(watches) < min(len(row.cells), limits.COLUMNS_SEEN):
            watches.append(Watch(today))
        for watch, cell in zip(watches, row.cells, strict=False):
            if cell is not None and cell != "":
                watch.see(cell)
    if not count:
        raise ListProblem("only_headings")
    columns = list(_columns(heading.cells if heading else [], watches, today))
    if len(columns) > limits.COLUMNS:
        raise too_wide(len(columns))
    return heading.number if heading else 0, columns, count


def too_wide(columns: int) -> ListProblem:
    return ListProblem("too_many_columns", columns=columns, limit=limits.COLUMNS)


def _data(first: list[ListRow], place: int | None, source: Iterator[ListRow]) -> Iterator[ListRow]:
    yield from first[0 if place is None else place + 1 :]
    yield from source


def _columns(heading: list[Cell], watches: list[Watch], today: date) -> Iterator[ListColumn]:
    used: dict[str, int] = {}
    for index in range(max(len(heading), len(watches))):
        watch = watches[index] if index < len(watches) else Watch(today)
        text = tidy(heading[index]) if index < len(heading) else ""
        if not text and not watch.filled:
            continue
        label = text or letter(index)
        used[label] = used.get(label, 0) + 1
        if used[label] > 1:
            label = f"{label} ({used[label]})"
        yield ListColumn(label, text, index, watch.samples, watch.evidence())


def letter(index: int) -> str:
    """A, B, … Z, AA: what a spreadsheet calls its columns."""
    name = ""
    while index >= 0:
        index, place = divmod(index, 26)
        name = chr(ord("A") + place) + name
        index -= 1
    return name


def layout_of(columns: list[ListColumn]) -> str:
    headings = sorted(plain(column.label) for column in columns)
    return hashlib.sha256("\n".join(headings).encode()).hexdigest()
