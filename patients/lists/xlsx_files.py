"""The rows of a workbook's sheet, in a stream; whatever it claims its dimensions to be."""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import islice
from typing import BinaryIO

from patients.lists import limits
from patients.lists.cells import Cell, Formula, ListRow
from patients.lists.headings import FIRST_ROWS, is_list
from patients.lists.problems import ListProblem
from patients.lists.timestamps import EPOCH
from patients.lists.workbooks import Sheet, Workbook, open_workbook, unescaped
from patients.lists.xml_parts import Attributes, parse, whole_number

DAYS_BEFORE_1904 = 1_462
# The last day that spreadsheets know, 31.12.9999.
LAST_DAY = 2_958_465
DAY = 86_400
COLUMN = re.compile(r"[A-Z]{1,3}(?=\d)")
MOMENTS_KEPT = 20_000
# Errors are formulas that came to nothing; this one means that there is no value.
NOT_AVAILABLE = "#N/A"


def sheets(file: BinaryIO) -> list[str]:
    with open_workbook(file) as book:
        return [sheet.name for sheet in _visible(book)]


def first_list(file: BinaryIO) -> str:
    """The sheet to read when nobody chose: the first that is a list, and no page of instructions
    in front of it; else the first with anything in it."""
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
    with open_workbook(file) as book:
        chosen = next((one for one in book.sheets if one.name == sheet), None)
        if chosen is None:
            raise ListProblem("sheet_unknown", sheet=sheet)
        yield from _rows(book, chosen, book.strings(), book.styles())


def _visible(book: Workbook) -> list[Sheet]:
    return [sheet for sheet in book.sheets if not sheet.hidden] or book.sheets


def _rows(book: Workbook, sheet: Sheet, strings: list[str], styles: list[str]) -> Iterator[ListRow]:
    reading = SheetReading(strings, styles, book.is_1904)
    with book.open(sheet.part) as part:
        for _ in parse(part, start=reading.start, end=reading.end, text=reading.text):
            yield from reading.done
            reading.done.clear()


class SheetReading:
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
        self.letters = self.letters_in_all = 0
        self.formula: list[str] | None = None
        self.into: list[str] | None = None
        self.phonetic = self.is_filled = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "c":
            get = attributes.get
            self.column = self._column(get("r", ""))
            self.kind, self.style = get("t", "n"), get("s", "")
            self.pieces, self.formula, self.letters = [], None, 0
        elif name == "v" or (name == "t" and not self.phonetic):
            self.into = self.pieces
        elif name == "f":
            self.into = self.formula = []
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
        if self.into is not None:
            # While reading: collected first, one cell could take all the memory.
            self.letters += len(text)
            if self.letters > limits.CELL:
                raise ListProblem("cell_too_large", row=self.number, limit=limits.CELL)
            self.into.append(text)

    def end(self, name: str) -> None:
        if name == "c":
            if self.pieces or self.formula is not None:
                self._put()
        elif name in {"v", "t", "f"}:
            self.into = None
        elif name == "row":
            if self.is_filled:
                self.done.append(ListRow(self.number, self.cells))
        elif name == "rPh":
            self.phonetic = False

    def _column(self, reference: str) -> int:
        found = COLUMN.match(reference)
        if not found:
            return self.column + 1
        letters = found[0]
        index = self.columns.get(letters)
        if index is None:
            index = 0
            for letter in letters:
                index = index * 26 + ord(letter) - ord("A") + 1
            index -= 1
            self.columns[letters] = index
        return index

    def _put(self) -> None:
        text = self.pieces[0] if len(self.pieces) == 1 else "".join(self.pieces)
        cell = self._cell(text)
        if cell is None:
            return
        if isinstance(cell, str):
            self.letters_in_all += len(cell)
            if self.letters_in_all > limits.LETTERS:
                raise ListProblem("too_many_cells")
        if self.column >= limits.COLUMNS_SEEN:
            raise ListProblem("too_many_columns", columns=self.column + 1, limit=limits.COLUMNS)
        self.cells.extend([None] * (self.column + 1 - len(self.cells)))
        self.cells[self.column] = cell
        self.is_filled = self.is_filled or not _is_blank(cell)

    def _cell(self, text: str) -> Cell:
        kind = self.kind
        if kind == "s":
            place = whole_number(text)
            if place is None or place >= len(self.strings):
                raise ListProblem("damaged_workbook")
            return self.strings[place]
        if kind == "e":
            return None if text == NOT_AVAILABLE else Formula(text)
        if kind in {"inlineStr", "str"}:
            return unescaped(text)
        if not text:
            return None if self.formula is None else Formula("=" + "".join(self.formula))
        if kind == "b":
            return text in {"1", "true"}
        return text if kind == "d" else self._numeric(text)

    def _numeric(self, text: str) -> Cell:
        place = whole_number(self.style)
        shows = self.styles[place] if place is not None and place < len(self.styles) else ""
        if not shows:
            return _number(text)
        key = (shows, text)
        if key not in self.moments:
            if len(self.moments) >= MOMENTS_KEPT:
                self.moments.clear()
            self.moments[key] = self._moment(_number(text), shows)
        return self.moments[key]

    def _moment(self, number: Cell, shows: str) -> Cell:
        if not isinstance(number, int | float) or not 0 <= number <= LAST_DAY:
            return number
        if number == 1 and shows == "time":
            return "24:00"
        try:
            moment = self.epoch + timedelta(seconds=round(number * DAY))
        except OverflowError:
            return number
        if number < 1 and shows != "date":
            return moment.time()
        return _day(moment) if shows == "date" else moment


def _is_blank(cell: Cell) -> bool:
    return isinstance(cell, str) and not cell.strip() and not isinstance(cell, Formula)


def _day(moment: datetime) -> datetime | date:
    """A day alone, unless there is a time of day behind what is shown."""
    at_midnight = not (moment.hour or moment.minute or moment.second)
    return moment.date() if at_midnight else moment


def _number(text: str) -> Cell:
    try:
        return int(text)
    except ValueError:
        pass
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() and abs(number) < limits.EXACT else number
