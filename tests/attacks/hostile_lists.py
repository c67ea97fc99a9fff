"""Lists that are made to keep a reader busy, or to fill its memory."""

from collections import Counter
from itertools import cycle
from threading import Event
from typing import LiteralString

from tests.attacks.stage import Stage
from tests.attacks.table import Row
from tests.chaos import record
from tests.dev.doubles.simulation import eventually
from tests.patients.lists.test_hostile_files import KEEPS_OPEN, incompressible, sheet_of
from tests.patients.lists.test_limits import HEADING, LINE, workbook

SECONDS_BETWEEN = 1.0
SECONDS_TO_END = 240
REFUSED = range(400, 500)

UNREAD: LiteralString = """
SELECT id FROM patients_import
WHERE workspace_id = %s AND status IN ('RECEIVED', 'READING', 'SAVING')
"""
SUCCESSES = range(200, 300)


def _inside(row: bytes) -> bytes:
    return workbook(lambda sheet: sheet.replace(b"</sheetData>", row + b"</sheetData>"))


FILES = {
    "each-row-opens-a-quote.csv": (HEADING + f'"{LINE}' * 60_000).encode(),
    "record-never-ends.csv": (HEADING + LINE * 100 + KEEPS_OPEN * 60_000).encode(),
    "huge-cell.xlsx": _inside(
        b'<row r="3"><c t="str"><v>' + incompressible(24) + b"</v></c></row>"
    ),
    "huge-attribute.xlsx": _inside(b'<row r="3" x="' + incompressible(24) + b'"/>'),
    "rows-without-cells.xlsx": sheet_of(b"<row/>")(2_000_000),
}


def attack_with_lists(stage: Stage, over: Event) -> list[Row]:
    """Upload one hostile list after another, and see that every one comes to an end."""
    clinic = stage.attacker
    answers: Counter[int] = Counter()
    files = cycle(FILES.items())
    while not over.wait(SECONDS_BETWEEN):
        name, content = next(files)
        path = f"campaigns/{clinic.campaign.pk}/imports/"
        answers[clinic.program.upload(path, name, content).status] += 1
    taken = sum(count for status, count in answers.items() if status in SUCCESSES)
    refused = sum(count for status, count in answers.items() if status in REFUSED)
    try:
        eventually(lambda: not record.column(UNREAD, clinic.workspace.pk), seconds=SECONDS_TO_END)
        ended = True
    except AssertionError:
        ended = False
    return [
        Row(
            "hostile lists",
            f"{answers.total()} CSV and Excel files made to be slow or huge",
            held=ended and taken + refused == answers.total(),
            evidence=f"{taken} taken, {refused} refused at once; "
            + ("all were read or refused in time" if ended else "some are still being read"),
        )
    ]
