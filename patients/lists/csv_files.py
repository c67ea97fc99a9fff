"""CSV of any kind as rows of text: its encoding, its delimiter, and quotes that never close."""

import codecs
import csv
import io
import itertools
import re
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import BinaryIO

from patients.lists import limits
from patients.lists.cells import ListRow
from patients.lists.problems import ListProblem

CHUNK = 1024 * 1024
LONGEST_LINE = 128 * 1024
SAMPLE_ROWS = 200
MOSTLY, SELDOM = 0.6, 0.1
DELIMITERS = ";,\t|"
NAMED_DELIMITER = re.compile(r'"?sep=([^\w\s"\'\\]|\t)"?\s*', re.IGNORECASE)
# What Spanish and Portuguese are written with beyond ASCII.
LETTERS = frozenset("áéíóúüñçãõâêôàÁÉÍÓÚÜÑÇÃÕÂÊÔÀ")
ONE_BYTE = ("cp1252", "mac_roman", "cp850")


@dataclass(frozen=True, slots=True)
class Shape:
    encoding: str
    delimiter: str
    width: int


def shape(file: BinaryIO) -> Shape:
    encoding = detect_encoding(file)
    sample = list(itertools.islice(lines(file, encoding), SAMPLE_ROWS))
    return Shape(encoding, *detect_delimiter(sample))


def detect_encoding(file: BinaryIO) -> str:
    """Looks at every byte: the first accent may stand in the last row."""
    file.seek(0)
    head = file.read(4096)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if (wide := wide_without_mark(head)) is not None:
        return wide
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, row, sample = True, 1, bytearray()
    while chunk := file.read(CHUNK):
        if b"\0" in chunk:
            raise ListProblem("nul_byte", row=row + _line_ends(chunk[: chunk.index(b"\0")]))
        row += _line_ends(chunk)
        if is_utf8:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                is_utf8 = _is_nearly_utf8(chunk)
        if not is_utf8 and len(sample) < CHUNK:
            sample += chunk
    return "utf-8" if is_utf8 else _one_byte(bytes(sample))


def _line_ends(chunk: bytes) -> int:
    return chunk.count(b"\n") or chunk.count(b"\r")


def _is_nearly_utf8(chunk: bytes) -> bool:
    """A few broken letters among many good ones, as where two files were put together."""
    text = chunk.decode("utf-8", "replace")
    good = sum(not letter.isascii() for letter in text)
    return text.count("\ufffd") * 10 < good


def wide_without_mark(head: bytes) -> str | None:
    """UTF-16 without its mark: every second byte of Western text is zero."""
    half = len(head) // 2
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > half * MOSTLY and even < half * SELDOM:
        return "utf-16-le"
    if even > half * MOSTLY and odd < half * SELDOM:
        return "utf-16-be"
    return None


def _one_byte(sample: bytes) -> str:
    return max(ONE_BYTE, key=lambda encoding: _likeness(sample.decode(encoding, "replace")))


def _likeness(text: str) -> int:
    """How often a letter beyond ASCII stands where our languages would have one."""
    words = re.findall(r"(?:[^\W\d_]|[^\x00-\x7f])+", text)
    return sum(_fits(word) for word in words if not word.isascii())


def _fits(word: str) -> int:
    foreign = sum(letter not in LETTERS for letter in word if not letter.isascii())
    if foreign:
        return -foreign
    return 1 if word.islower() or word.isupper() or word.istitle() else 0


def lines(file: BinaryIO, encoding: str) -> Iterator[str]:
    """Lines with their ends, whichever they are; never more of one than fits into memory."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    try:
        for number in itertools.count(1):
            line = text.readline(LONGEST_LINE)
            if not line:
                return
            if len(line) >= LONGEST_LINE and line[-1] not in "\r\n":
                raise ListProblem("cell_too_large", row=number, limit=limits.CELL)
            yield line
    finally:
        with suppress(ValueError):  # the file may be closed by now, which is just as well
            text.detach()


def detect_delimiter(sample: list[str]) -> tuple[str, int]:
    if sample and (named := NAMED_DELIMITER.fullmatch(sample[0].lstrip("\ufeff"))):
        return named[1], _width(sample[1:], named[1])[1]
    best = max(DELIMITERS, key=lambda delimiter: _width(sample, delimiter)[0])
    if not _width(sample, best)[0]:
        sample = [unwrapped(line) for line in sample]
        best = max(DELIMITERS, key=lambda delimiter: _width(sample, delimiter)[0])
    return best, _width(sample, best)[1]


def unwrapped(line: str) -> str:
    """Spreadsheets save a list that they took for one column with each row in quotation marks."""
    line = line.strip()
    is_wrapped = len(line) > 1 and line[0] == line[-1] == '"'
    return line[1:-1].replace('""', '"') if is_wrapped else line


def _width(sample: list[str], delimiter: str) -> tuple[float, int]:
    """How well the delimiter explains the sample, and how many columns it gives."""
    try:
        widths = Counter(
            len(cells) for cells in csv.reader(sample, delimiter=delimiter) if any(cells)
        )
    except csv.Error:
        return 0.0, 1
    if not widths:
        return 0.0, 1
    width, often = max(widths.items(), key=lambda found: (found[1] * (found[0] > 1), found[0]))
    return (often / widths.total()) ** 2 * (width - 1), width


class Feed:
    """Lines one by one, of which some can be given back; so many of one record and no more."""

    def __init__(self, source: Iterator[str]) -> None:
        self.source = source
        self.returned: deque[str] = deque()
        self.taken: list[str] = []
        self.is_cut = False

    def __iter__(self) -> "Feed":
        return self

    def begin_record(self) -> None:
        self.taken.clear()
        self.is_cut = False

    def __next__(self) -> str:
        """Ends the record in the middle of its quotation marks when it has too many lines."""
        if len(self.taken) >= limits.LINES_PER_RECORD:
            self.is_cut = True
            raise StopIteration
        line = self.returned.popleft() if self.returned else next(self.source)
        self.taken.append(line)
        return line


def csv_rows(file: BinaryIO, shape: Shape) -> Iterator[ListRow]:
    """A stray quotation mark costs its own row at most, not all that follow it."""
    feed = Feed(lines(file, shape.encoding))
    reader = csv.reader(feed, delimiter=shape.delimiter)
    number = 0
    while True:
        feed.begin_record()
        try:
            cells = next(reader, None)
        except csv.Error:
            cells, reader = [], csv.reader(feed, delimiter=shape.delimiter)
            if not swallowed(feed.taken, shape):
                raise ListProblem("cell_too_large", row=number + 1, limit=limits.CELL) from None
        if cells is None:
            return
        number += 1
        if len(feed.taken) > 1 and swallowed(feed.taken, shape):
            feed.returned.extendleft(reversed(feed.taken[1:]))
            cells = next(
                csv.reader(feed.taken[:1], delimiter=shape.delimiter, quoting=csv.QUOTE_NONE)
            )
        elif feed.is_cut:
            lines_read = limits.LINES_PER_RECORD
            raise ListProblem("record_too_long", row=number, limit=lines_read)
        if is_wrapped(cells, shape):
            cells = next(csv.reader([cells[0].strip("\r\n")], delimiter=shape.delimiter))
        if number == 1 and cells:
            cells[0] = cells[0].lstrip("\ufeff")
            if NAMED_DELIMITER.fullmatch(feed.taken[0].lstrip("\ufeff")):
                continue
        if "".join(cells).strip():
            if sum(map(len, feed.taken)) > limits.CELL and max(map(len, cells)) > limits.CELL:
                raise ListProblem("cell_too_large", row=number, limit=limits.CELL)
            yield ListRow(number, list(cells))


def is_wrapped(cells: list[str], shape: Shape) -> bool:
    """Whether the first cell holds the whole row."""
    return (
        shape.width > 2  # noqa: PLR2004  # a title may well hold one delimiter
        and bool(cells)
        and cells[0].count(shape.delimiter) >= shape.width - 1
        and not any(cells[1:])
        and not set("\r\n") & set(cells[0].strip("\r\n"))
    )


def swallowed(taken: list[str], shape: Shape) -> bool:
    """Whether the lines of one record are rows of their own: its quotation mark never closed."""
    least = shape.width - 1
    are_rows = all(line.count(shape.delimiter) >= least for line in taken if line.strip())
    return least > 0 and are_rows and not is_one_row(taken, shape)


def is_one_row(taken: list[str], shape: Shape) -> bool:
    """A note of several lines may hold as many delimiters as a row has."""
    try:
        parsed = list(csv.reader(taken, delimiter=shape.delimiter, strict=True))
    except csv.Error:
        return False
    return [len(cells) for cells in parsed] == [shape.width]
