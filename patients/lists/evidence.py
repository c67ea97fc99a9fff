"""Count what the cells of a column look like while the file is surveyed."""

import re
from dataclasses import dataclass, fields
from datetime import date, datetime, time

from patients.lists.cells import Cell
from patients.people.statuses import is_status
from patients.people.timestamps import ParsedTimestamp, parse_serial, parse_timestamp
from patients.people.values import MAX_LETTERS_READ, clean_text
from patients.people.words import CHANNEL_OF, LANGUAGE_OF, NOTHING, is_consent, plain

# The first cells show what a column holds. The order of its dates is decided by all cells.
LOOKED_AT = 500
SAMPLES = 5
MAX_SAMPLE = 80
NUMBERS = re.compile(r"(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{1,4})(?!\d)")
PHONE = re.compile(r"(?:tel:|whatsapp:|wa\.me/)?(?:\+|00)?\(?\d[\d ().\-]{6,18}\d(?:\s*[/;,].*)?")
YEARS_AROUND = 2
MONTHS = 12
# A column whose numbers grow by small steps counts rows or patients.
LARGEST_STEP = 5
MAX_NUMBER_DIGITS = 15
LARGEST_DIGIT = 9


@dataclass(frozen=True)
class Evidence:
    """How many of the first cells look like what.

    The last four, which decide the order of dates, count all cells of the column.
    """

    filled: int = 0
    looked_at: int = 0
    distinct: int = 0
    phones: int = 0
    identities: int = 0
    counting: int = 0
    emails: int = 0
    dates: int = 0
    recent: int = 0
    hours: int = 0
    both: int = 0
    consents: int = 0
    channels: int = 0
    languages: int = 0
    statuses: int = 0
    names: int = 0
    day_first: int = 0
    month_first: int = 0
    year_first: int = 0
    either: int = 0

    def mostly(self, count: int, share: float = 0.6) -> bool:
        """Return whether `count` is at least that share of the cells looked at."""
        return self.looked_at > 0 and count >= share * self.looked_at


class ColumnCounter:
    """Collects the evidence of one column, cell by cell."""

    def __init__(self, today: date) -> None:
        self.counts = dict.fromkeys((one.name for one in fields(Evidence)), 0)
        self.samples: list[str] = []
        self.seen: set[str] = set()
        self.last_number = 0
        self.years = range(today.year - YEARS_AROUND, today.year + YEARS_AROUND + 1)

    @property
    def filled(self) -> int:
        return self.counts["filled"]

    def add(self, cell: Cell) -> None:
        counts = self.counts
        if counts["looked_at"] < LOOKED_AT:
            self._add_first(cell)
        elif isinstance(cell, str) and (counts["dates"] or counts["both"]):
            counts["filled"] += 1
            text = cell[:MAX_LETTERS_READ]
            self._count_date_order(text)
            if not counts["both"]:
                counts["both"] += _timestamp_kind(text, text) == "both"
        else:
            counts["filled"] += 1

    def _add_first(self, cell: Cell) -> None:
        text = clean_text(cell)
        if not text:
            return
        self.counts["filled"] += 1
        self.counts["looked_at"] += 1
        self.seen.add(text)
        if len(self.samples) < SAMPLES and text[:MAX_SAMPLE] not in self.samples:
            self.samples.append(text[:MAX_SAMPLE])
        for kind in kinds(cell, text):
            self.counts[kind] += 1
        moment = _parse_cell(cell, text)
        if moment and moment.day:
            self.counts["recent"] += moment.day.year in self.years
        self._count_date_order(text)
        if text.isdecimal() and len(text) <= MAX_NUMBER_DIGITS:
            self.counts["counting"] += 0 < int(text) - self.last_number <= LARGEST_STEP
            self.last_number = int(text)

    def _count_date_order(self, text: str) -> None:
        if not (match := NUMBERS.match(text)):
            return
        first, second = int(match[1]), int(match[2])
        if len(match[1]) == len("2026"):
            self.counts["year_first"] += 1
        elif first > MONTHS >= second:
            self.counts["day_first"] += 1
        elif second > MONTHS >= first:
            self.counts["month_first"] += 1
        elif first != second:
            self.counts["either"] += 1

    def evidence(self) -> Evidence:
        return Evidence(**{**self.counts, "distinct": len(self.seen)})


def kinds(cell: Cell, text: str) -> list[str]:
    """Return what a cell may be. A number can be a phone and an identity number at once."""
    if moment := _timestamp_kind(cell, text):
        return [moment]
    if "@" in text:
        return ["emails"]
    if any(letter.isdigit() for letter in text):
        checks = {
            "phones": PHONE.fullmatch(text) is not None,
            "identities": is_identity(text),
            "consents": text in {"0", "1"},
        }
    else:
        checks = dict.fromkeys(_word_kinds(text), True)
    return [kind for kind, is_match in checks.items() if is_match]


def _word_kinds(text: str) -> list[str]:
    phrase = plain(text)
    statuses = ["statuses"] if is_status(phrase) else []
    if phrase in CHANNEL_OF:
        return ["channels"]
    if phrase in LANGUAGE_OF:
        return ["languages"]
    if is_consent(text) or phrase in NOTHING or phrase in {"false", "falso"}:
        return ["consents", *statuses]
    return ["names", *statuses] if " " in phrase and len(text) <= MAX_SAMPLE else statuses


def _timestamp_kind(cell: Cell, text: str) -> str:
    moment = _parse_cell(cell, text)
    if moment is None:
        return ""
    if moment.day is None:
        return "hours"
    return "both" if moment.hour not in {None, time(0)} else "dates"


def _parse_cell(cell: Cell, text: str) -> ParsedTimestamp | None:
    if isinstance(cell, datetime):
        return ParsedTimestamp(cell.date(), cell.time())
    if isinstance(cell, date):
        return ParsedTimestamp(cell)
    if isinstance(cell, time):
        return ParsedTimestamp(None, cell)
    if isinstance(cell, float) and not cell.is_integer():
        return parse_serial(cell)
    # A bare number may be anything. It is a date only in a column that is known to hold dates.
    return None if text.isdecimal() else _parse_in_any_order(text)


def _parse_in_any_order(text: str) -> ParsedTimestamp | None:
    return parse_timestamp(text, "DMY") or parse_timestamp(text, "MDY")


# An Ecuadorian identity number (cédula) looks like a phone: ten digits, the first two a province.
IDENTITY_DIGITS = 10
PROVINCES = frozenset({*range(1, 25), 30})
MASKED = re.compile(r"\d{3}\.\d{3}\.\d{3}-\d{2}|\d{9}-\d|\d{1,2}\.\d{3}\.\d{3}-[\dkK]")


def is_identity(text: str) -> bool:
    """Return whether the text has a valid check digit. One phone in ten passes, too."""
    if MASKED.fullmatch(text):
        return True
    text = text.replace("-", "")
    if len(text) == IDENTITY_DIGITS + 3 and text.endswith("001"):
        text = text[:IDENTITY_DIGITS]
    if len(text) == IDENTITY_DIGITS - 1:
        text = f"0{text}"
    if not text.isascii() or not text.isdecimal() or len(text) != IDENTITY_DIGITS:
        return False
    if int(text[:2]) not in PROVINCES or text[2] > "5":
        return False
    doubled = (int(digit) * (2 - place % 2) for place, digit in enumerate(text[:9]))
    total = sum(number - LARGEST_DIGIT if number > LARGEST_DIGIT else number for number in doubled)
    return (10 - total % 10) % 10 == int(text[9])
