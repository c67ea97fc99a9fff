"""An example list to fill in: headings that we recognise and one row."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

# Excel's number format for text. Without it a phone loses its leading 0.
TEXT_FORMAT = "@"
FORMATTED_ROWS = 500


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
    """Return a patient of last month, too long ago to be asked if the row stays in the list."""
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
    output = StringIO()
    writer = csv.writer(output, delimiter="," if get_language() == "en" else ";")
    writer.writerows([headings(), row()])
    return output.getvalue().encode("utf-8-sig")


def as_xlsx() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet
    for number, (heading, value) in enumerate(zip(headings(), row(), strict=True), start=1):
        sheet.cell(1, number, heading).font = Font(bold=True)
        sheet.cell(2, number, value)
        for row_number in range(2, FORMATTED_ROWS):
            sheet.cell(row_number, number).number_format = TEXT_FORMAT
        sheet.column_dimensions[get_column_letter(number)].width = 20
    sheet.freeze_panes = "A2"
    output = BytesIO()
    book.save(output)
    return output.getvalue()
