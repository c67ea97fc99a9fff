"""Read a file once to find its format, its columns and what they hold."""

import hashlib
import itertools
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from typing import Any, BinaryIO

from patients.lists import csv_files, limits, xlsx_files
from patients.lists.cells import Cell, ListRow
from patients.lists.evidence import ColumnCounter, Evidence
from patients.lists.file_types import sniff_whole
from patients.lists.headings import FIRST_ROWS, find_heading
from patients.lists.problems import ListProblem
from patients.people.values import clean_text
from patients.people.words import plain

SAMPLES = 5
REPORT_EVERY = 1000


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
    # Cells of a usual row, empty columns included. A much narrower record has an unclosed quote.
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
    """Survey the file, or raise ListProblem. `on_row` gets the number of rows from time to time."""
    head = sniff_whole(file, filename)
    csv_format, names = csv_files.CsvFormat("", "", 0), list[str]()
    if head.startswith(b"PK"):
        kind, names = "xlsx", xlsx_files.sheet_names(file)
        sheet = sheet or xlsx_files.find_first_list(file)
        source = xlsx_files.xlsx_rows(file, sheet)
    else:
        kind, sheet, csv_format = "csv", "", csv_files.detect_format(file)
        source = csv_files.csv_rows(file, csv_format)
    heading_row, columns, rows = _read(source, on_row, today or datetime.now(UTC).date())
    return Survey(
        kind, csv_format.encoding, csv_format.delimiter, names, sheet, heading_row, columns, rows,
        layout_of(columns), csv_format.width,
    )  # fmt: skip


def _read(
    source: Iterator[ListRow], on_row: Callable[[int], None] | None, today: date
) -> tuple[int, list[ListColumn], int]:
    first = list(itertools.islice(source, FIRST_ROWS))
    if not first:
        raise ListProblem("empty")
    place = find_heading(first)
    heading = first[place] if place is not None else None
    counters: list[ColumnCounter] = []
    count = 0
    for row in _data(first, place, source):
        count += 1
        if count > limits.ROWS:
            raise ListProblem("too_many_rows", limit=limits.ROWS)
        if on_row and count % REPORT_EVERY == 0:
            on_row(count)
        if any(row.cells[limits.COLUMNS_SEEN :]):
            raise _too_many_columns(len(row.cells))
        while len(counters) < min(len(row.cells), limits.COLUMNS_SEEN):
            counters.append(ColumnCounter(today))
        for counter, cell in zip(counters, row.cells, strict=False):
            if cell is not None and cell != "":
                counter.add(cell)
    if not count:
        raise ListProblem("only_headings")
    columns = list(_columns(heading.cells if heading else [], counters, today))
    if len(columns) > limits.COLUMNS:
        raise _too_many_columns(len(columns))
    return heading.number if heading else 0, columns, count


def _too_many_columns(columns: int) -> ListProblem:
    return ListProblem("too_many_columns", columns=columns, limit=limits.COLUMNS)


def _data(first: list[ListRow], place: int | None, source: Iterator[ListRow]) -> Iterator[ListRow]:
    yield from first[0 if place is None else place + 1 :]
    yield from source


def _columns(
    heading: list[Cell], counters: list[ColumnCounter], today: date
) -> Iterator[ListColumn]:
    used: dict[str, int] = {}
    for index in range(max(len(heading), len(counters))):
        counter = counters[index] if index < len(counters) else ColumnCounter(today)
        text = clean_text(heading[index]) if index < len(heading) else ""
        if not text and not counter.filled:
            continue
        label = text or column_letters(index)
        used[label] = used.get(label, 0) + 1
        if used[label] > 1:
            label = f"{label} ({used[label]})"
        yield ListColumn(label, text, index, counter.samples, counter.evidence())


def column_letters(index: int) -> str:
    """Return a column's name in a spreadsheet: A, B, … Z, AA."""
    name = ""
    while index >= 0:
        index, letter = divmod(index, 26)
        name = chr(ord("A") + letter) + name
        index -= 1
    return name


def layout_of(columns: list[ListColumn]) -> str:
    """Return a hash of the headings, the same in any order, to recognise lists of one system."""
    headings = sorted(plain(column.label) for column in columns)
    return hashlib.sha256("\n".join(headings).encode()).hexdigest()
