"""The data of a surveyed file, row by row."""

from collections.abc import Iterator
from typing import BinaryIO

from patients.lists.cells import Cell, ListRow
from patients.lists.csv_files import Shape, csv_rows
from patients.lists.survey import Survey
from patients.lists.xlsx_files import xlsx_rows

__all__ = ["Cell", "ListRow", "rows"]


def rows(file: BinaryIO, survey: Survey) -> Iterator[ListRow]:
    if survey.kind == "xlsx":
        source = xlsx_rows(file, survey.sheet)
    else:
        source = csv_rows(file, Shape(survey.encoding, survey.delimiter, survey.width))
    for row in source:
        if row.number > survey.heading_row:
            yield row
