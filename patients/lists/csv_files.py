"""Read CSV files of any encoding and delimiter, with quotation marks that are never closed."""

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
MAX_LINE = 128 * 1024
SAMPLE_ROWS = 200
MOSTLY, SELDOM = 0.6, 0.1
DELIMITERS = ";,\t|"
NAMED_DELIMITER = re.compile(r'"?sep=([^\w\s"\'\\]|\t)"?\s*', re.IGNORECASE)
# The letters of Spanish and Portuguese beyond ASCII.
LETTERS = frozenset("áéíóúüñçãõâêôàÁÉÍÓÚÜÑÇÃÕÂÊÔÀ")
ONE_BYTE = ("cp1252", "mac_roman", "cp850")


@dataclass(frozen=True, slots=True)
class CsvFormat:
    encoding: str
    delimiter: str
    # Columns of a usual row.
    width: int


def detect_format(file: BinaryIO) -> CsvFormat:
    encoding = detect_encoding(file)
    sample = list(itertools.islice(lines(file, encoding), SAMPLE_ROWS))
    return CsvFormat(encoding, *detect_delimiter(sample))


def detect_encoding(file: BinaryIO) -> str:
    """Detect the encoding from all bytes, because the first accent may be in the last row."""
    file.seek(0)
    head = file.read(4096)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if (utf_16 := detect_utf16_without_bom(head)) is not None:
        return utf_16
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    file.seek(0)
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, row, sample = True, 1, bytearray()
    while chunk := file.read(CHUNK):
        if b"\0" in chunk:
            raise ListProblem("nul_byte", row=row + _count_line_ends(chunk[: chunk.index(b"\0")]))
        row += _count_line_ends(chunk)
        if is_utf8:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError:
                is_utf8 = _is_nearly_utf8(chunk)
        if not is_utf8 and len(sample) < CHUNK:
            sample += chunk
    return "utf-8" if is_utf8 else _detect_one_byte_encoding(bytes(sample))


def _count_line_ends(chunk: bytes) -> int:
    return chunk.count(b"\n") or chunk.count(b"\r")


def _is_nearly_utf8(chunk: bytes) -> bool:
    """Return whether few letters are broken, as when two files were joined."""
    text = chunk.decode("utf-8", "replace")
    non_ascii = sum(not letter.isascii() for letter in text)
    return text.count("\ufffd") * 10 < non_ascii


def detect_utf16_without_bom(head: bytes) -> str | None:
    """Detect UTF-16 without its byte order mark, by the zero in every second byte."""
    half = len(head) // 2
    even, odd = head[::2].count(0), head[1::2].count(0)
    if odd > half * MOSTLY and even < half * SELDOM:
        return "utf-16-le"
    if even > half * MOSTLY and odd < half * SELDOM:
        return "utf-16-be"
    return None


def _detect_one_byte_encoding(sample: bytes) -> str:
    return max(ONE_BYTE, key=lambda encoding: _plausibility(sample.decode(encoding, "replace")))


def _plausibility(text: str) -> int:
    """Score a decoded text: words with the accents of our languages less words with others."""
    words = re.findall(r"(?:[^\W\d_]|[^\x00-\x7f])+", text)
    return sum(_word_score(word) for word in words if not word.isascii())


def _word_score(word: str) -> int:
    foreign_letters = sum(letter not in LETTERS for letter in word if not letter.isascii())
    if foreign_letters:
        return -foreign_letters
    return 1 if word.islower() or word.isupper() or word.istitle() else 0


def lines(file: BinaryIO, encoding: str) -> Iterator[str]:
    """Yield lines with their line ends. A line longer than MAX_LINE is refused, not read whole."""
    file.seek(0)
    text = io.TextIOWrapper(file, encoding=encoding, errors="replace", newline="")
    try:
        for number in itertools.count(1):
            line = text.readline(MAX_LINE)
            if not line:
                return
            if len(line) >= MAX_LINE and line[-1] not in "\r\n":
                raise ListProblem("cell_too_large", row=number, limit=limits.CELL)
            yield line
    finally:
        with suppress(ValueError):  # the caller may have closed the file
            text.detach()


def detect_delimiter(sample: list[str]) -> tuple[str, int]:
    """Return the delimiter and the number of columns. A first line "sep=;" names the delimiter."""
    if sample and (named := NAMED_DELIMITER.fullmatch(sample[0].lstrip("\ufeff"))):
        return named[1], _score_delimiter(sample[1:], named[1])[1]
    best = max(DELIMITERS, key=lambda delimiter: _score_delimiter(sample, delimiter)[0])
    if not _score_delimiter(sample, best)[0]:
        sample = [_unwrap(line) for line in sample]
        best = max(DELIMITERS, key=lambda delimiter: _score_delimiter(sample, delimiter)[0])
    return best, _score_delimiter(sample, best)[1]


def _unwrap(line: str) -> str:
    """Undo the quoting of whole rows, which spreadsheets add to a list that they read as one
    column."""
    line = line.strip()
    is_wrapped = len(line) > 1 and line[0] == line[-1] == '"'
    return line[1:-1].replace('""', '"') if is_wrapped else line


def _score_delimiter(sample: list[str], delimiter: str) -> tuple[float, int]:
    """Return how well the delimiter explains the sample, and how many columns it gives."""
    try:
        widths = Counter(
            len(cells) for cells in csv.reader(sample, delimiter=delimiter) if any(cells)
        )
    except csv.Error:
        return 0.0, 1
    if not widths:
        return 0.0, 1
    width, rows = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
    return (rows / widths.total()) ** 2 * (width - 1), width


class LineFeed:
    """Gives the CSV parser one line after another, at most LINES_PER_RECORD for one record.

    Lines in `returned` are given again, so that they can be parsed another way.
    """

    def __init__(self, source: Iterator[str]) -> None:
        self.source = source
        self.returned: deque[str] = deque()
        self.taken: list[str] = []
        self.is_cut = False

    def __iter__(self) -> "LineFeed":
        return self

    def begin_record(self) -> None:
        self.taken.clear()
        self.is_cut = False

    def __next__(self) -> str:
        """Return a line, or end the record, even inside a quote, when it has too many lines."""
        if len(self.taken) >= limits.LINES_PER_RECORD:
            self.is_cut = True
            raise StopIteration
        line = self.returned.popleft() if self.returned else next(self.source)
        self.taken.append(line)
        return line


def csv_rows(file: BinaryIO, csv_format: CsvFormat) -> Iterator[ListRow]:
    """Yield the rows that have any text. A stray quotation mark spoils its own row and no other."""
    feed = LineFeed(lines(file, csv_format.encoding))
    reader = csv.reader(feed, delimiter=csv_format.delimiter)
    number = 0
    while True:
        feed.begin_record()
        try:
            cells = next(reader, None)
        except csv.Error:
            cells, reader = [], csv.reader(feed, delimiter=csv_format.delimiter)
            if not _are_separate_rows(feed.taken, csv_format):
                raise ListProblem("cell_too_large", row=number + 1, limit=limits.CELL) from None
        if cells is None:
            return
        number += 1
        if len(feed.taken) > 1 and _are_separate_rows(feed.taken, csv_format):
            feed.returned.extendleft(reversed(feed.taken[1:]))
            cells = next(
                csv.reader(feed.taken[:1], delimiter=csv_format.delimiter, quoting=csv.QUOTE_NONE)
            )
        elif feed.is_cut:
            lines_read = limits.LINES_PER_RECORD
            raise ListProblem("record_too_long", row=number, limit=lines_read)
        if _is_wrapped(cells, csv_format):
            cells = next(csv.reader([cells[0].strip("\r\n")], delimiter=csv_format.delimiter))
        if number == 1 and cells:
            cells[0] = cells[0].lstrip("\ufeff")
            if NAMED_DELIMITER.fullmatch(feed.taken[0].lstrip("\ufeff")):
                continue
        if "".join(cells).strip():
            if sum(map(len, feed.taken)) > limits.CELL and max(map(len, cells)) > limits.CELL:
                raise ListProblem("cell_too_large", row=number, limit=limits.CELL)
            yield ListRow(number, list(cells))


def _is_wrapped(cells: list[str], csv_format: CsvFormat) -> bool:
    """Return whether the first cell holds the whole row."""
    return (
        csv_format.width > 2  # noqa: PLR2004  # a title may well hold one delimiter
        and bool(cells)
        and cells[0].count(csv_format.delimiter) >= csv_format.width - 1
        and not any(cells[1:])
        and not set("\r\n") & set(cells[0].strip("\r\n"))
    )


def _are_separate_rows(taken: list[str], csv_format: CsvFormat) -> bool:
    """Return whether the lines of one record are rows of their own, after an unclosed quote."""
    min_delimiters = csv_format.width - 1
    are_rows = all(
        line.count(csv_format.delimiter) >= min_delimiters for line in taken if line.strip()
    )
    return min_delimiters > 0 and are_rows and not _is_one_record(taken, csv_format)


def _is_one_record(taken: list[str], csv_format: CsvFormat) -> bool:
    """Return whether the lines are one row with a note of several lines in it."""
    try:
        parsed = list(csv.reader(taken, delimiter=csv_format.delimiter, strict=True))
    except csv.Error:
        return False
    return [len(cells) for cells in parsed] == [csv_format.width]
