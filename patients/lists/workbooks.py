"""Open an .xlsx file: refuse zip bombs, find its sheets, shared texts and styles.

openpyxl's reader is not used; docs/adr/0012 has the reasons.
"""

import posixpath
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, BinaryIO

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_datetime, is_timedelta_format

from patients.lists import limits
from patients.lists.problems import ListProblem
from patients.lists.xml_parts import Attributes, elements, parse, whole_number

# zipfile cuts a part off at its declared size, so the declared sizes can be trusted.
MAX_PARTS = 2_000
MAX_PART_SIZE = 1024**3
MAX_STRINGS_SIZE = 160 * 1024**2
# Real sheets shrink to a twentieth, seldom to a fiftieth.
SUSPICIOUS_RATIO = 150
SUSPICIOUS_SIZE = 8 * 1024**2
ENCRYPTED = 0x1
PACKED = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, struct.error)
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Sheet:
    name: str
    part: str
    hidden: bool


class Workbook:
    """An opened workbook: its sheets, and readers for its shared texts and styles."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        self.is_1904 = False
        self.sheets = list(self._sheets())
        if not self.sheets:
            raise ListProblem("not_a_workbook")

    def _sheets(self) -> Iterator[Sheet]:
        main = self._main_part()
        folder, name = posixpath.split(main)
        targets = dict(self._targets(f"{folder}/_rels/{name}.rels", folder))
        with self.open(main) as part:
            for element, attributes in elements(part):
                if element == "workbookPr":
                    self.is_1904 = attributes.get("date1904") in {"1", "true"}
                elif element == "sheet":
                    target = targets.get(attributes.get("id", ""), "")
                    if "chartsheet" not in target and target in self.archive.NameToInfo:
                        hidden = attributes.get("state", "visible") != "visible"
                        yield Sheet(attributes.get("name", ""), target, hidden)

    def _main_part(self) -> str:
        if "_rels/.rels" in self.archive.NameToInfo:
            for target in (target for _, target in self._targets("_rels/.rels", "")):
                if target.endswith("workbook.xml"):
                    return target
        return "xl/workbook.xml"

    def _targets(self, part: str, folder: str) -> Iterator[tuple[str, str]]:
        if part not in self.archive.NameToInfo:
            return
        with self.open(part) as relations:
            for element, attributes in elements(relations):
                if element == "Relationship":
                    target = attributes.get("Target", "")
                    path = target if target.startswith("/") else posixpath.join("/", folder, target)
                    yield attributes.get("Id", ""), posixpath.normpath(path).lstrip("/")

    @contextmanager
    def open(self, part: str) -> Iterator[IO[bytes]]:
        try:
            opened = self.archive.open(part)
        except (*DAMAGED, KeyError, ValueError, RuntimeError, OSError) as error:
            raise ListProblem("damaged_workbook") from error
        with opened:
            try:
                yield opened
            except DAMAGED as error:
                raise ListProblem("damaged_workbook") from error

    def strings(self) -> list[str]:
        """Return the shared texts. Cells refer to them by their index."""
        strings: list[str] = []
        if part := self._part_named("sharedStrings.xml"):
            if self.archive.NameToInfo[part].file_size > MAX_STRINGS_SIZE:
                raise ListProblem("zip_bomb")
            texts = SharedTextsParser(strings)
            with self.open(part) as opened:
                for _ in parse(opened, start=texts.start, end=texts.end, text=texts.text):
                    pass
        return strings

    def styles(self) -> list[str]:
        """Return for each cell style whether it shows a "date", "datetime", "time" or none ("")."""
        formats = dict(BUILTIN_FORMATS)
        kinds: list[str] = []
        part = self._part_named("styles.xml")
        if not part:
            return kinds
        is_inside = False
        with self.open(part) as opened:
            for element, attributes in elements(opened):
                if element == "numFmt":
                    formats[_number(attributes, "numFmtId")] = attributes.get("formatCode", "")
                elif element in {"cellXfs", "cellStyles", "dxfs", "cellStyleXfs"}:
                    is_inside = element == "cellXfs"
                elif element == "xf" and is_inside:
                    kinds.append(_shown_as(formats.get(_number(attributes, "numFmtId"), "")))
        return kinds

    def _part_named(self, name: str) -> str:
        folder = posixpath.dirname(self._main_part())
        named = posixpath.join(folder, name)
        parts = self.archive.NameToInfo
        return (
            named if named in parts else next((part for part in parts if part.endswith(name)), "")
        )


class SharedTextsParser:
    """Appends the shared texts to `strings`, without their phonetic readings."""

    def __init__(self, strings: list[str]) -> None:
        self.strings = strings
        self.pieces: list[str] = []
        self.letters = 0
        self.is_text = self.is_phonetic = False

    def start(self, name: str, _attributes: Attributes) -> None:
        if name == "si":
            self.pieces, self.letters = [], 0
            if len(self.strings) >= limits.TEXTS:
                raise ListProblem("too_many_cells")
        elif name == "rPh":
            self.is_phonetic = True
        elif name == "t":
            self.is_text = not self.is_phonetic

    def end(self, name: str) -> None:
        if name == "t":
            self.is_text = False
        elif name == "rPh":
            self.is_phonetic = False
        elif name == "si":
            self.strings.append(unescape("".join(self.pieces)))

    def text(self, text: str) -> None:
        if self.is_text:
            self.letters += len(text)
            if self.letters > limits.CELL:
                raise ListProblem("text_too_large", limit=limits.CELL)
            self.pieces.append(text)


def unescape(text: str) -> str:
    """Decode characters that XML cannot hold and Excel writes as _x000D_."""
    return ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def _number(attributes: Attributes, name: str) -> int:
    return whole_number(attributes.get(name, "")) or 0


def _shown_as(number_format: str) -> str:
    if is_timedelta_format(number_format):
        return "time"
    return is_datetime(number_format.lower()) or ""


@contextmanager
def open_workbook(file: BinaryIO) -> Iterator[Workbook]:
    file.seek(0)
    try:
        archive = zipfile.ZipFile(file)
    except (*DAMAGED, ValueError, OSError, NotImplementedError) as error:
        raise ListProblem("damaged_workbook") from error
    with archive:
        require_safe(archive)
        yield Workbook(archive)


def require_safe(archive: zipfile.ZipFile) -> None:
    """Refuse bombs and other formats by the zip's table of contents, before unpacking anything."""
    parts = archive.infolist()
    names = archive.NameToInfo
    if any(part.flag_bits & ENCRYPTED for part in parts):
        raise ListProblem("password")
    if len(parts) > MAX_PARTS or any(_is_bomb(part) for part in parts):
        raise ListProblem("zip_bomb")
    if any(part.compress_type not in PACKED for part in parts):
        raise ListProblem("damaged_workbook")
    if "content.xml" in names and "mimetype" in names:
        raise ListProblem("opendocument")
    if "xl/workbook.bin" in names:
        raise ListProblem("old_workbook")
    if not any(name.endswith("workbook.xml") for name in names):
        raise ListProblem("not_a_workbook")


def _is_bomb(part: zipfile.ZipInfo) -> bool:
    if part.file_size > MAX_PART_SIZE:
        return True
    ratio = part.file_size / max(part.compress_size, 1)
    return part.file_size > SUSPICIOUS_SIZE and ratio > SUSPICIOUS_RATIO
