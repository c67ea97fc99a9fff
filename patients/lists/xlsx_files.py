"""Stream the rows of a sheet. The dimensions that the sheet declares are not trusted."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import BinaryIO

from patients.lists import limits
from patients.lists.cells import Cell, ListRow
from patients.lists.headings import FIRST_ROWS, is_list
from patients.lists.problems import ListProblem
from patients.lists.workbooks import Sheet, Workbook, open_workbook, unescape
from patients.lists.xml_parts import Attributes, parse, whole_number
from patients.people.timestamps import EPOCH
from patients.people.values import Formula

DAYS_BEFORE_1904 = 1_462
# The last day of spreadsheets, 31.12.9999.
LAST_DAY = 2_958_465
DAY = 86_400
COLUMN = re.compile(r"[A-Z]{1,3}(?=\d)")
MAX_CACHED_MOMENTS = 20_000
# Other errors are formulas without a result. This one means an empty cell.
NOT_AVAILABLE = "#N/A"


def sheet_names(file: BinaryIO) -> list[str]:
    with open_workbook(file) as book:
        return [sheet.name for sheet in _visible(book)]


def find_first_list(file: BinaryIO) -> str:
    """Return the first sheet that looks like a list, else the first that is not empty.

    Some workbooks begin with a page of instructions.
    """
    filled = ""
    with open_workbook(file) as book:
        strings, styles = book.strings(), book.styles()
        for sheet in _visible(book):
            first = list(islice(_rows(book, sheet, strings, styles), FIRST_ROWS))
            if is_list(first):
                return sheet.name
            if first and not filled:
                filled = sheet.name
    if not filled:
        raise ListProblem("empty")
    return filled


def xlsx_rows(file: BinaryIO, sheet: str) -> Iterator[ListRow]:
    """Yield the rows of the sheet of that name that are not blank."""
    with open_workbook(file) as book:
        chosen = next((candidate for candidate in book.sheets if candidate.name == sheet), None)
        if chosen is None:
            raise ListProblem("sheet_unknown", sheet=sheet)
        yield from _rows(book, chosen, book.strings(), book.styles())


def _visible(book: Workbook) -> list[Sheet]:
    return [sheet for sheet in book.sheets if not sheet.hidden] or book.sheets


def _rows(book: Workbook, sheet: Sheet, strings: list[str], styles: list[str]) -> Iterator[ListRow]:
    parser = SheetParser(strings, styles, book.is_1904)
    with book.open(sheet.part) as part:
        for _ in parse(part, start=parser.start, end=parser.end, text=parser.text):
            yield from parser.done
            parser.done.clear()


class SheetParser:
    """Handles the XML events of a sheet. Finished rows wait in `done` for the caller."""

    def __init__(self, strings: list[str], styles: list[str], is_1904: bool) -> None:
        self.strings, self.styles = strings, styles
        self.epoch = EPOCH + timedelta(days=DAYS_BEFORE_1904 if is_1904 else 0)
        self.done: list[ListRow] = []
        self.number = 0
        self.cells: list[Cell] = []
        self.columns: dict[str, int] = {}
        self.moments: dict[tuple[str, str], Cell] = {}
        self.column = 0
        self.kind = self.style = ""
        self.pieces: list[str] = []
        self.letters = self.total_letters = 0
        self.formula: list[str] | None = None
        self.target: list[str] | None = None
        self.phonetic = self.is_filled = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            get = attributes.get
            self.column = self._column_index(get("r", ""))
            self.kind, self.style = get("t", "n"), get("s", "")
            self.pieces, self.formula, self.letters = [], None, 0
        elif name == "v" or (name == "t" and not self.phonetic):
            self.target = self.pieces
        elif name == "f":
            self.target = self.formula = []
        elif name == "row":
            self.number = max(whole_number(attributes.get("r", "")) or 0, self.number + 1)
            if self.number > limits.SHEET_ROWS:
                raise ListProblem("too_many_rows", limit=limits.ROWS)
            self.cells = []
            self.is_filled = False
            self.column = -1
        elif name == "rPh":
            self.phonetic = True

    def text(self, text: str) -> None:
        if self.target is not None:
            # Checked here, because one cell could otherwise fill the memory before it ends.
            self.letters += len(text)
            if self.letters > limits.CELL:
                raise ListProblem("cell_too_large", row=self.number, limit=limits.CELL)
            self.target.append(text)

    def end(self, name: str) -> None:
        if name == "c":
            if self.pieces or self.formula is not None:
                self._add_cell()
        elif name in {"v", "t", "f"}:
            self.target = None
        elif name == "row":
            if self.is_filled:
                self.done.append(ListRow(self.number, self.cells))
        elif name == "rPh":
            self.phonetic = False

    def _column_index(self, reference: str) -> int:
        match = COLUMN.match(reference)
        if not match:
            return self.column + 1
        letters = match[0]
        index = self.columns.get(letters)
        if index is None:
            index = 0
            for letter in letters:
                index = index * 26 + ord(letter) - ord("A") + 1
            index -= 1
            self.columns[letters] = index
        return index

    def _add_cell(self) -> None:
        text = self.pieces[0] if len(self.pieces) == 1 else "".join(self.pieces)
        cell = self._parse_cell(text)
        if cell is None:
            return
        if isinstance(cell, str):
            self.total_letters += len(cell)
            if self.total_letters > limits.LETTERS:
                raise ListProblem("too_many_cells")
        if self.column >= limits.COLUMNS_SEEN:
            raise ListProblem("too_many_columns", columns=self.column + 1, limit=limits.COLUMNS)
        self.cells.extend([None] * (self.column + 1 - len(self.cells)))
        self.cells[self.column] = cell
        self.is_filled = self.is_filled or not _is_blank(cell)

    def _parse_cell(self, text: str) -> Cell:
        """Convert the text of a cell by its type. None is an empty cell."""
        kind = self.kind
        if kind == "s":
            index = whole_number(text)
            if index is None or index >= len(self.strings):
                raise ListProblem("damaged_workbook")
            return self.strings[index]
        if kind == "e":
            return None if text == NOT_AVAILABLE else Formula(text)
        if kind in {"inlineStr", "str"}:
            return unescape(text)
        if not text:
            return None if self.formula is None else Formula("=" + "".join(self.formula))
        if kind == "b":
            return text in {"1", "true"}
        return text if kind == "d" else self._parse_number(text)

    def _parse_number(self, text: str) -> Cell:
        """Return a number, or the date or time that the style of the cell shows it as."""
        index = whole_number(self.style)
        shown_as = self.styles[index] if index is not None and index < len(self.styles) else ""
        if not shown_as:
            return _number(text)
        key = (shown_as, text)
        if key not in self.moments:
            if len(self.moments) >= MAX_CACHED_MOMENTS:
                self.moments.clear()
            self.moments[key] = self._moment(_number(text), shown_as)
        return self.moments[key]

    def _moment(self, number: Cell, shown_as: str) -> Cell:
        if not isinstance(number, int | float) or not 0 <= number <= LAST_DAY:
            return number
        if number == 1 and shown_as == "time":
            return "24:00"
        try:
            moment = self.epoch + timedelta(seconds=round(number * DAY))
        except OverflowError:
            return number
        if number < 1 and shown_as != "date":
            return moment.time()
        return _drop_midnight(moment) if shown_as == "date" else moment


def _is_blank(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip() and not isinstance(cell, Formula)


def _drop_midnight(moment: datetime) -> datetime | date:
    """Return the day alone, unless the cell also stores a time that its style hides."""
    at_midnight = not (moment.hour or moment.minute or moment.second)
    return moment.date() if at_midnight else moment


def _number(text: str) -> Cell:
    """Return an int if the number is whole and exact, else a float, else the text."""
    try:
        return int(text)
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() and abs(number) < limits.EXACT else number
