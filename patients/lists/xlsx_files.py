"""Workbooks as rows of cells, in a stream."""

from collections.abc import Iterator
from typing import Any, BinaryIO

import openpyxl

from patients.lists.cells import Cell, Row
from patients.lists.problems import ListProblem


def sheets(file: BinaryIO) -> list[str]:
    return list(_open(file).sheetnames)


def xlsx_rows(file: BinaryIO, sheet: str) -> Iterator[Row]:
    book = _open(file)
    page = book[sheet] if sheet else book.worksheets[0]
    page.reset_dimensions()
    for number, cells in enumerate(page.iter_rows(values_only=True), start=1):
        row: list[Cell] = list(cells)
        if any(cell not in (None, "") for cell in row):
            yield Row(number, row)


def _open(file: BinaryIO) -> Any:
    file.seek(0)
    try:
        return openpyxl.load_workbook(file, read_only=True, data_only=True)
    except Exception as error:
        raise ListProblem("not_a_workbook") from error
