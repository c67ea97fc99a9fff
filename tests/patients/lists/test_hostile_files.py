"""Files made to keep a reader busy. The work must grow no faster than their length.

Work is counted in calls, of Python and of C, so that no busy machine can make a test fail.
"""

import cProfile
import io
import pstats
import time
import tracemalloc
from collections.abc import Callable
from contextlib import suppress
from random import Random

import pytest

from patients.lists import limits
from patients.lists.cells import Cell, ListRow
from patients.lists.csv_files import SAMPLE_ROWS
from patients.lists.problems import ListProblem
from patients.lists.rows import rows
from patients.lists.survey import survey
from patients.people.values import MAX_LETTERS_READ
from tests.patients.lists.lists import reader_of, survey_text
from tests.patients.lists.test_limits import HEADING, LINE, problem_of, workbook

# Four times the file may take this many times the work.
MAX_GROWTH = 6


def calls_made(content: bytes) -> int:
    """Return the number of function calls to survey the file and read its rows."""

    def read_whole() -> None:
        with suppress(ListProblem):
            found = survey(io.BytesIO(content), filename="list")
            for _row in rows(io.BytesIO(content), found):
                pass

    profile = cProfile.Profile()
    profile.runcall(read_whole)
    return int(pstats.Stats(profile).total_calls)  # type: ignore[attr-defined]  # not in the stubs


def csv_of(line: str, *, after: str = "") -> Callable[[int], bytes]:
    return lambda count: (HEADING + after + line * count).encode()


def sheet_of(rows_xml: bytes) -> Callable[[int], bytes]:
    def build(count: int) -> bytes:
        end = b"</sheetData>"
        return workbook(lambda sheet: sheet.replace(end, rows_xml * count + end))

    return build


def incompressible(megabytes: int) -> bytes:
    """Return letters that hardly shrink in a zip, so that the file is not refused as a zip bomb."""
    return Random(1).randbytes(megabytes * 1024**2 // 2).hex().encode()  # noqa: S311


# Inside a quote, such a line closes one quote and opens the next, so that the record never ends.
KEEPS_OPEN = 'Ana "la;"0987654321;20/11/2026 9:30\n'

HOSTILE = {
    "every row opens a quote": csv_of('"Ana;0987654321;20/11/2026 9:30\n'),
    "every cell opens a quote": csv_of('"Ana;"0987654321;"20/11/2026 9:30\n'),
    "every row keeps the record open": csv_of(KEEPS_OPEN, after=LINE * SAMPLE_ROWS),
    "quotes without delimiters": csv_of('"Ana\n'),
    "quotes in the middle": csv_of('Ana "la;0987654321;20/11/2026 9:30\n'),
    "empty quotes": csv_of('"";"";""\n'),
    "nothing but quotes": csv_of('"'),
    "a quote on every third row": csv_of(f'{LINE}{LINE}"{LINE}'),
    "blank lines": csv_of("\n"),
    "carriage returns": csv_of("\r"),
    "delimiters": csv_of(";"),
    "letters that never end": csv_of("a"),
    "rows without cells": sheet_of(b"<row/>"),
    "cells without values": sheet_of(b'<row><c r="A1"/></row>'),
    "unknown elements": sheet_of(b"<row><x><y/></x></row>"),
}


@pytest.mark.parametrize("build", HOSTILE.values(), ids=HOSTILE.keys())
def test_work_grows_no_faster_than_the_hostile_file(
    build: Callable[[int], bytes],
) -> None:
    few, many = calls_made(build(500)), calls_made(build(2_000))

    assert many < few * MAX_GROWTH


@pytest.mark.parametrize("line", [f'"{LINE}', KEEPS_OPEN])
def test_unclosed_quote_spoils_only_its_own_row(line: str) -> None:
    content = (HEADING + LINE * SAMPLE_ROWS + line * 700).encode()

    found = survey(io.BytesIO(content), filename="list.csv")

    assert found.rows == SAMPLE_ROWS + 700


def test_note_of_many_lines_is_read_as_one_cell() -> None:
    note = '"' + "\n".join(["primera"] * (limits.LINES_PER_RECORD - 2)) + '"'
    content = f"{HEADING}{note};0987654321;20/11/2026 9:30\n{LINE}".encode()

    assert survey(io.BytesIO(content), filename="list.csv").rows == 2


def test_note_of_too_many_lines_is_refused_with_its_row() -> None:
    note = '"' + "\n".join(["primera"] * (limits.LINES_PER_RECORD + 2)) + '"'
    content = f"{HEADING}{LINE}{note};0987654321;20/11/2026 9:30\n{LINE}".encode()

    problem = problem_of(content)

    assert (problem.code, problem.details["row"]) == ("record_too_long", 3)


@pytest.mark.parametrize("part", ["cell", "formula"])
def test_huge_cell_is_refused_before_it_fills_the_memory(part: str) -> None:
    tag = b"v" if part == "cell" else b"f"
    huge = b'<row r="3"><c r="A3" t="str"><%s>' % tag + incompressible(8) + b"</%s></c></row>" % tag
    content = workbook(lambda sheet: sheet.replace(b"</sheetData>", huge + b"</sheetData>"))
    tracemalloc.start()
    try:
        problem = problem_of(content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert problem.code == "cell_too_large"
    assert peak < 4 * 1024**2 + len(content)


def test_attribute_of_megabytes_is_refused_before_it_is_read_whole() -> None:
    attribute = b'<row r="3" x="' + incompressible(4) + b'"/></sheetData>'
    content = workbook(lambda sheet: sheet.replace(b"</sheetData>", attribute))

    assert problem_of(content).code == "unsafe_workbook"


def test_more_rows_than_a_sheet_can_have_are_refused() -> None:
    content = workbook(
        lambda sheet: sheet.replace(
            b"</sheetData>", b'<row r="1048577"><c r="A1"/></row></sheetData>'
        )
    )

    assert problem_of(content).code == "too_many_rows"


@pytest.mark.parametrize("piece", ["x", "1 ", "ñ", "a@", "a.b", "0987654321;", "1/1/", "'"])
def test_huge_cell_is_read_as_fast_as_its_beginning(piece: str) -> None:
    """A phone of 32 kB once took 4 s, so that a list of fifty such rows took minutes."""
    reader = reader_of(survey_text(HEADING + LINE * 3))

    def seconds(length: int) -> float:
        cell = (piece * length)[:length]
        rows_of_it: list[list[Cell]] = [
            [cell, "0987654321", "20/11/2026"],
            ["Ana", cell, "20/11/2026"],
            ["Ana", "0987654321", cell],
        ]
        before = time.thread_time()
        for cells in rows_of_it:
            reader.read(ListRow(2, cells))
        return time.thread_time() - before

    seconds(limits.CELL)
    beginning = min(seconds(MAX_LETTERS_READ) for _ in range(3))
    whole = min(seconds(limits.CELL) for _ in range(3))

    assert whole < max(beginning, 0.002) * 10


def test_shared_text_counts_once_for_each_cell() -> None:
    """Otherwise a workbook of 8 kB took 150 s, and a few MB became gigabytes of refused rows."""
    texts = b"".join(b"<si><t>%s</t></si>" % text for text in (b"Paciente", b"x" * 32_000))
    row = b'<row><c t="s"><v>1</v></c></row>'

    content = workbook(
        lambda sheet: (
            sheet[: sheet.index(b"<sheetData>")]
            + b'<sheetData><row><c t="s"><v>0</v></c></row>'
            + row * (limits.LETTERS // 32_000 + 1)
            + sheet[sheet.index(b"</sheetData>") :]
        ),
        strings=b"<sst xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'>%s</sst>"
        % texts,
    )

    assert len(content) < 64 * 1024
    assert problem_of(content).code == "too_many_cells"
