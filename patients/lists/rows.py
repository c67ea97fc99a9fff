"""Read the data rows of a surveyed file."""

from collections.abc import Iterator
from typing import BinaryIO

from patients.lists.cells import ListRow
from patients.lists.csv_files import CsvFormat, csv_rows
from patients.lists.survey import Survey
from patients.lists.xlsx_files import xlsx_rows


def rows(file: BinaryIO, survey: Survey) -> Iterator[ListRow]:
    """Yield the rows below the headings."""
    if survey.kind == "xlsx":
        source = xlsx_rows(file, survey.sheet)
    else:
        source = csv_rows(file, CsvFormat(survey.encoding, survey.delimiter, survey.width))
    for row in source:
        if row.number > survey.heading_row:
            yield row
