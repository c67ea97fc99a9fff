import io
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from itertools import repeat
from typing import BinaryIO, cast

import openpyxl
import pytest

from patients.lists import limits
from patients.lists.problems import ListProblem
from patients.lists.rows import rows
from patients.lists.survey import survey

HEADING = "Paciente;Celular;Fecha\n"
LINE = "Ana Muñoz;0987654321;20/11/2026 9:30\n"


def problem_of(content: bytes) -> ListProblem:
    with pytest.raises(ListProblem) as raised:
        survey(io.BytesIO(content), filename="list")
    return raised.value


def list_of(count: int) -> io.BytesIO:
    return io.BytesIO((HEADING + LINE * count).encode())


def test_list_with_one_row_too_many_is_refused() -> None:
    assert survey(list_of(limits.ROWS), filename="list.csv").rows == limits.ROWS
    problem = problem_of(list_of(limits.ROWS + 1).getvalue())
    assert (problem.code, problem.details) == ("too_many_rows", {"limit": limits.ROWS})


def test_file_that_is_too_big_is_refused() -> None:
    assert problem_of(b"x" * (limits.BYTES + 1)).code == "too_big"


@pytest.mark.parametrize(
    "cell",
    ["x" * 1024**2, '"' + "x" * 1024**2 + '"', "x" * 40_000],
    ids=["bare", "quoted", "of forty thousand"],
)
def test_csv_cell_that_is_too_large_is_refused_with_its_row(cell: str) -> None:
    problem = problem_of(f"{HEADING}{LINE}{cell};0987654321;20/11/2026\n{LINE}".encode())
    assert problem.code == "cell_too_large"
    assert problem.details["row"] == 3


def test_unclosed_quote_in_a_long_list_spoils_one_row() -> None:
    content = f'{HEADING}"{LINE}{LINE * 20_000}'.encode()
    found = survey(io.BytesIO(content), filename="list.csv")
    assert found.rows == 20_001
    numbers = [row.number for row in rows(io.BytesIO(content), found)]
    assert numbers == list(range(2, 20_003))


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def workbook(sheet: Callable[[bytes], bytes], *, strings: bytes = b"") -> bytes:
    book, saved = openpyxl.Workbook(), io.BytesIO()
    book.worksheets[0].append(["Paciente", "Celular", "Fecha"])
    book.worksheets[0].append(["Ana", "0987654321", "20/11/2026 9:30"])
    book.save(saved)
    with zipfile.ZipFile(saved) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = "xl/worksheets/sheet1.xml"
    texts = {"xl/sharedStrings.xml": strings} if strings else {}
    return zipped({**parts, name: sheet(parts[name]), **texts})


def test_zip_bomb_is_refused_by_its_declared_sizes() -> None:
    bomb = workbook(lambda sheet: sheet + b" " * 40 * 1024**2)
    assert len(bomb) < 1024**2
    assert problem_of(bomb).code == "zip_bomb"
    assert problem_of(zipped({f"{number}": b"" for number in range(3_000)})).code == "zip_bomb"


def test_cell_far_to_the_right_is_refused() -> None:
    far = b'<row r="3"><c r="XFD3"><v>1</v></c></row></sheetData>'
    book = workbook(lambda sheet: sheet.replace(b"</sheetData>", far))
    assert problem_of(book).code == "too_many_columns"


def test_row_far_down_keeps_its_number() -> None:
    far = b'<row r="1048576"><c r="A1048576" t="str"><v>Luis</v></c></row></sheetData>'
    file = io.BytesIO(workbook(lambda sheet: sheet.replace(b"</sheetData>", far)))
    found = survey(file, filename="list.xlsx")
    assert [row.number for row in rows(file, found)] == [2, 1_048_576]


def test_workbook_cell_that_is_too_large_is_refused_with_its_row() -> None:
    huge = b'<row r="3"><c r="A3" t="str"><v>' + b"x" * 1024**2 + b"</v></c></row></sheetData>"
    problem = problem_of(workbook(lambda sheet: sheet.replace(b"</sheetData>", huge)))
    assert (problem.code, problem.details["row"]) == ("cell_too_large", 3)


class Endless(io.RawIOBase):
    """A file that is generated while it is read, so that it takes no memory itself."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.parts = self.made()

    def made(self) -> Iterator[bytes]:
        yield HEADING.encode()
        yield from repeat(LINE.encode(), self.count)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, *_to: int) -> int:
        self.parts = self.made()
        return 0

    def read(self, *_most: int) -> bytes:
        return next(self.parts, b"")


def peak(count: int) -> int:
    tracemalloc.start()
    try:
        file = cast(BinaryIO, Endless(count))
        found = survey(file, filename="list.csv")
        assert sum(1 for _ in rows(file, found)) == count
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_longer_list_takes_no_more_memory() -> None:
    assert peak(20_000) < peak(2_000) + 512 * 1024
