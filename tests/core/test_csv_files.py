import csv
import io
from itertools import count, islice

import pytest
from django.utils import translation

from core import csv_files

FORMULAS = [
    '=HYPERLINK("http://example.com")',
    "+593991234567",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "  =1",
    "＝1",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_escaped_formula_reads_back_unchanged(text: str) -> None:
    safe = csv_files.escape_formula(text)

    assert safe == f"'{text}"
    assert csv_files.unescape_formula(str(safe)) == text


@pytest.mark.parametrize("value", ["Ana", "", "a=b", "O'Higgins", "'quoted'", -5, None])
def test_other_values_stay_unchanged(value: object) -> None:
    assert csv_files.escape_formula(value) == value
    if isinstance(value, str):
        assert csv_files.unescape_formula(value) == value


def test_file_starts_with_a_bom_and_keeps_each_cell() -> None:
    rows: list[list[object]] = [["Núñez; Ana", 'dijo "no"', "dos\nlíneas"], ["=1", 2, ""]]

    written = b"".join(csv_files.chunks(rows, delimiter=";"))

    assert written.startswith(b"\xef\xbb\xbf")
    read = list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert read == [rows[0], ["'=1", "2", ""]]


@pytest.mark.parametrize(("language", "line"), [("es", b"1;2\r\n"), ("en", b"1,2\r\n")])
def test_delimiter_depends_on_the_language(language: str, line: bytes) -> None:
    with translation.override(language):
        assert list(csv_files.chunks([[1, 2]]))[1] == line


def test_endless_rows_are_streamed() -> None:
    endless = ([n] for n in count())

    assert list(islice(csv_files.chunks(endless, delimiter=","), 3))[2] == b"1\r\n"
