"""An .xlsx file: what it holds, and whether it may be unpacked at all.

Not by openpyxl's reader: docs/adr/0012 says why.
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

# Declared sizes bind: a part that is longer than declared is cut off there.
MOST_PARTS = 2_000
LARGEST_PART = 1024**3
LARGEST_STRINGS = 160 * 1024**2
# Sheets shrink to a twentieth, seldom to a fiftieth.
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
        """The texts of all cells, which refer to them by number."""
        found: list[str] = []
        if part := self._part_named("sharedStrings.xml"):
            if self.archive.NameToInfo[part].file_size > LARGEST_STRINGS:
                raise ListProblem("zip_bomb")
            texts = Texts(found)
            with self.open(part) as opened:
                for _ in parse(opened, start=texts.start, end=texts.end, text=texts.text):
                    pass
        return found

    def styles(self) -> list[str]:
        """For each style of a cell what kind of moment it shows, if any."""
        formats = dict(BUILTIN_FORMATS)
        kinds: list[str] = []
        part = self._part_named("styles.xml")
        if not part:
            return kinds
        inside = False
        with self.open(part) as opened:
            for element, attributes in elements(opened):
                if element == "numFmt":
                    formats[_number(attributes, "numFmtId")] = attributes.get("formatCode", "")
                elif element in {"cellXfs", "cellStyles", "dxfs", "cellStyleXfs"}:
                    inside = element == "cellXfs"
                elif element == "xf" and inside:
                    kinds.append(_kind(formats.get(_number(attributes, "numFmtId"), "")))
        return kinds

    def _part_named(self, name: str) -> str:
        folder = posixpath.dirname(self._main_part())
        named = posixpath.join(folder, name)
        parts = self.archive.NameToInfo
        return named if named in parts else next((one for one in parts if one.endswith(name)), "")


class Texts:
    """Collects the texts of the shared strings, without their phonetic readings."""

    def __init__(self, found: list[str]) -> None:
        self.found = found
        self.pieces: list[str] = []
        self.letters = 0
        self.reading = self.phonetic = False

    def start(self, name: str, _attributes: Attributes) -> None:
        if name == "si":
            self.pieces, self.letters = [], 0
            if len(self.found) >= limits.TEXTS:
                raise ListProblem("too_many_cells")
        elif name == "rPh":
            self.phonetic = True
        elif name == "t":
            self.reading = not self.phonetic

    def end(self, name: str) -> None:
        if name == "t":
            self.reading = False
        elif name == "rPh":
            self.phonetic = False
        elif name == "si":
            self.found.append(unescaped("".join(self.pieces)))

    def text(self, text: str) -> None:
        if self.reading:
            self.letters += len(text)
            if self.letters > limits.CELL:
                raise ListProblem("text_too_large", limit=limits.CELL)
            self.pieces.append(text)


def unescaped(text: str) -> str:
    """Characters that XML cannot hold are written as _x000D_."""
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _number(attributes: Attributes, name: str) -> int:
    return whole_number(attributes.get(name, "")) or 0


def _kind(number_format: str) -> str:
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
        check(archive)
        yield Workbook(archive)


def check(archive: zipfile.ZipFile) -> None:
    """By the zip's own table, before a byte of it is unpacked."""
    parts = archive.infolist()
    names = archive.NameToInfo
    if any(part.flag_bits & ENCRYPTED for part in parts):
        raise ListProblem("password")
    if len(parts) > MOST_PARTS or any(_is_bomb(part) for part in parts):
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
    if part.file_size > LARGEST_PART:
        return True
    ratio = part.file_size / max(part.compress_size, 1)
    return part.file_size > SUSPICIOUS_SIZE and ratio > SUSPICIOUS_RATIO
