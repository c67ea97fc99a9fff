"""A list to fill in, for those who have none at hand: headings that we know and one row."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

# Excel's own way to say that a cell is text, which keeps the 0 of a phone.
TEXT = "@"
ROOM_TO_FILL = 500


def headings() -> list[str]:
    return [
        _("Name"),
        _("Phone"),
        _("E-mail"),
        _("Date"),
        _("Time"),
        _("Appointment type"),
        _("Doctor"),
        _("Consent"),
    ]


def row() -> list[str]:
    """Of a day that is long over: whoever leaves it in the list asks nobody."""
    day = (timezone.localdate().replace(day=1) - timedelta(days=10)).strftime("%d/%m/%Y")
    return [
        "María Ejemplo",
        "0999999999",
        "maria@example.com",
        day,
        "09:30",
        _("General check-up"),
        "Dra. Ejemplo",
        _("yes"),
    ]


def filename(kind: str) -> str:
    return f"{_('appointments-example')}.{kind}"


def as_csv() -> bytes:
    written = StringIO()
    writer = csv.writer(written, delimiter="," if get_language() == "en" else ";")
    writer.writerows([headings(), row()])
    return written.getvalue().encode("utf-8-sig")


def as_xlsx() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet
    for number, (heading, value) in enumerate(zip(headings(), row(), strict=True), start=1):
        sheet.cell(1, number, heading).font = Font(bold=True)
        sheet.cell(2, number, value)
        for line in range(2, ROOM_TO_FILL):
            sheet.cell(line, number).number_format = TEXT
        sheet.column_dimensions[get_column_letter(number)].width = 20
    sheet.freeze_panes = "A2"
    written = BytesIO()
    book.save(written)
    return written.getvalue()
