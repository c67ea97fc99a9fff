"""Upload lists that are made to slow down the import, or to fill its memory."""

from collections import Counter
from itertools import cycle
from threading import Event
from typing import LiteralString

from tests.attacks.product import Product
from tests.attacks.results import AttackResult
from tests.chaos import record
from tests.dev.doubles.background import eventually
from tests.patients.lists.test_hostile_files import KEEPS_OPEN, incompressible, sheet_of
from tests.patients.lists.test_limits import HEADING, LINE, workbook

SECONDS_BETWEEN = 1.0
TIMEOUT = 240
REFUSED = range(400, 500)

UNREAD: LiteralString = """
SELECT id FROM patients_import
WHERE workspace_id = %s AND status IN ('RECEIVED', 'READING', 'SAVING')
"""
SUCCESSES = range(200, 300)


def _workbook_with(row: bytes) -> bytes:
    return workbook(lambda sheet: sheet.replace(b"</sheetData>", row + b"</sheetData>"))


FILES = {
    "each-row-opens-a-quote.csv": (HEADING + f'"{LINE}' * 60_000).encode(),
    "record-never-ends.csv": (HEADING + LINE * 100 + KEEPS_OPEN * 60_000).encode(),
    "huge-cell.xlsx": _workbook_with(
        b'<row r="3"><c t="str"><v>' + incompressible(24) + b"</v></c></row>"
    ),
    "huge-attribute.xlsx": _workbook_with(b'<row r="3" x="' + incompressible(24) + b'"/>'),
    "rows-without-cells.xlsx": sheet_of(b"<row/>")(2_000_000),
}


def attack_with_lists(product: Product, over: Event) -> list[AttackResult]:
    """Upload hostile lists one after another, and check that each import ends."""
    clinic = product.attacker
    statuses: Counter[int] = Counter()
    files = cycle(FILES.items())
    while not over.wait(SECONDS_BETWEEN):
        name, content = next(files)
        path = f"campaigns/{clinic.campaign.pk}/imports/"
        statuses[clinic.api.upload(path, name, content).status] += 1
    accepted = sum(count for status, count in statuses.items() if status in SUCCESSES)
    refused = sum(count for status, count in statuses.items() if status in REFUSED)
    try:
        eventually(lambda: not record.fetch_column(UNREAD, clinic.workspace.pk), seconds=TIMEOUT)
        ended = True
    except AssertionError:
        ended = False
    return [
        AttackResult(
            "hostile lists",
            f"{statuses.total()} CSV and Excel files made to be slow or huge",
            held=ended and accepted + refused == statuses.total(),
            evidence=f"{accepted} accepted, {refused} refused at once; "
            + ("all were read or refused in time" if ended else "some are still being read"),
        )
    ]
