"""CSV files that spreadsheets open correctly: right encoding, and no cell is run as a formula."""

import csv
from collections.abc import Iterable, Iterator

from django.http import StreamingHttpResponse
from django.utils.translation import get_language

BOM = "\ufeff"
# How a formula begins. The wide characters count as well in some spreadsheets.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class _Echo:
    """A file for csv.writer whose write method returns the line."""

    def write(self, line: str) -> str:
        return line


def escape_formula(value: object) -> object:
    """Put an apostrophe before a text that would be a formula. `unescape_formula` removes it again.

    Numbers are returned unchanged.
    """
    if not isinstance(value, str):
        return value
    is_formula = value.lstrip(" ").startswith(FORMULA_STARTS) or value.startswith(
        ("\t", "\r", "\n")
    )
    return f"'{value}" if is_formula else value


def unescape_formula(cell: str) -> str:
    """Remove the apostrophe that `escape_formula` has put before a formula."""
    return (
        cell[1:]
        if cell.startswith("'") and cell[1:].lstrip(" ").startswith(FORMULA_STARTS)
        else cell
    )


def chunks(rows: Iterable[Iterable[object]], *, delimiter: str = "") -> Iterator[bytes]:
    """Yield the file in UTF-8 with the byte order mark that Excel needs, one row at a time."""
    writer = csv.writer(_Echo(), delimiter=delimiter or usual_delimiter())
    yield BOM.encode()
    for row in rows:
        yield writer.writerow([escape_formula(value) for value in row]).encode()


def download(
    rows: Iterable[Iterable[object]], *, filename: str, delimiter: str = ""
) -> StreamingHttpResponse:
    return StreamingHttpResponse(
        chunks(rows, delimiter=delimiter or usual_delimiter()),
        content_type="text/csv; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="{filename}"',
            "Cache-Control": "no-store",
        },
    )


def usual_delimiter() -> str:
    """Return the delimiter of Excel: a semicolon where the comma is the decimal sign."""
    return "," if get_language() == "en" else ";"
