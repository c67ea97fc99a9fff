"""CSV files that a spreadsheet opens as they are meant: letters right, and no cell computes."""

import csv
from collections.abc import Iterable, Iterator

from django.http import StreamingHttpResponse
from django.utils.translation import get_language

BOM = "\ufeff"
# What makes a spreadsheet compute instead of show; the wide ones are what some type in Asia.
COMPUTES = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


class _Echo:
    """csv writes to a file; ours hands each line on."""

    def write(self, line: str) -> str:
        return line


def safe(value: object) -> object:
    """An apostrophe in front makes text of what would be a formula. Whoever reads such a file back
    takes it away again, with `plain`. Numbers are not text and stay.
    """
    if not isinstance(value, str):
        return value
    begins = value.lstrip(" ").startswith(COMPUTES) or value.startswith(("\t", "\r", "\n"))
    return f"'{value}" if begins else value


def plain(cell: str) -> str:
    return cell[1:] if cell.startswith("'") and cell[1:].lstrip(" ").startswith(COMPUTES) else cell


def chunks(rows: Iterable[Iterable[object]], *, delimiter: str = "") -> Iterator[bytes]:
    """UTF-8 with the mark that Excel looks for. Rows may be endless: one is held at a time."""
    writer = csv.writer(_Echo(), delimiter=delimiter or usual_delimiter())
    yield BOM.encode()
    for row in rows:
        yield writer.writerow([safe(value) for value in row]).encode()


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
    """Where the comma is the decimal sign, Excel takes the semicolon between cells."""
    return "," if get_language() == "en" else ";"
