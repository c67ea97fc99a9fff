"""What the cells of a column look like, counted while the file is surveyed."""

import re
from dataclasses import dataclass, fields
from datetime import date, datetime, time

from patients.lists import limits
from patients.lists.cells import Cell, tidy
from patients.lists.statuses import is_status
from patients.lists.timestamps import ReadTimestamp, from_serial, read_moment
from patients.lists.words import CHANNEL_OF, LANGUAGE_OF, NOTHING, is_consent, plain

# The first cells tell what a column is; the order of its dates is told by all of them.
LOOKED_AT = 500
SAMPLES = 5
LONGEST_SAMPLE = 80
NUMBERS = re.compile(r"(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{1,4})(?!\d)")
PHONE = re.compile(r"(?:tel:|whatsapp:|wa\.me/)?(?:\+|00)?\(?\d[\d ().\-]{6,18}\d(?:\s*[/;,].*)?")
YEARS_AROUND = 2
MONTHS = 12
# Numbers that go up by little from row to row count something; longer ones are no numbers.
LARGEST_STEP = 5
LONGEST_NUMBER = 15
LARGEST_DIGIT = 9


@dataclass(frozen=True)
class Evidence:
    """How many of the cells looked at are what; the orders of dates count the whole column."""

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
        return self.looked_at > 0 and count >= share * self.looked_at


class Watch:
    """Looks on while the cells of one column go by."""

    def __init__(self, today: date) -> None:
        self.counts = dict.fromkeys((one.name for one in fields(Evidence)), 0)
        self.samples: list[str] = []
        self.seen: set[str] = set()
        self.last_number = 0
        self.years = range(today.year - YEARS_AROUND, today.year + YEARS_AROUND + 1)

    @property
    def filled(self) -> int:
        return self.counts["filled"]

    def see(self, cell: Cell) -> None:
        counts = self.counts
        if counts["looked_at"] < LOOKED_AT:
            self._look(cell)
        elif isinstance(cell, str) and (counts["dates"] or counts["both"]):
            counts["filled"] += 1
            text = cell[: limits.CELL_READ]
            self._order(text)
            if not counts["both"]:
                counts["both"] += _moment_kind(text, text) == "both"
        else:
            counts["filled"] += 1

    def _look(self, cell: Cell) -> None:
        text = tidy(cell)
        if not text:
            return
        self.counts["filled"] += 1
        self.counts["looked_at"] += 1
        self.seen.add(text)
        if len(self.samples) < SAMPLES and text[:LONGEST_SAMPLE] not in self.samples:
            self.samples.append(text[:LONGEST_SAMPLE])
        for kind in kinds(cell, text):
            self.counts[kind] += 1
        moment = _moment(cell, text)
        if moment and moment.day:
            self.counts["recent"] += moment.day.year in self.years
        self._order(text)
        if text.isdecimal() and len(text) <= LONGEST_NUMBER:
            self.counts["counting"] += 0 < int(text) - self.last_number <= LARGEST_STEP
            self.last_number = int(text)

    def _order(self, text: str) -> None:
        if not (found := NUMBERS.match(text)):
            return
        first, second = int(found[1]), int(found[2])
        if len(found[1]) == len("2026"):
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
    """What a cell may be; a number can be a phone and an identity at once."""
    if moment := _moment_kind(cell, text):
        return [moment]
    if "@" in text:
        return ["emails"]
    if any(letter.isdigit() for letter in text):
        found = {
            "phones": PHONE.fullmatch(text) is not None,
            "identities": is_identity(text),
            "consents": text in {"0", "1"},
        }
    else:
        found = dict.fromkeys(_word_kinds(text), True)
    return [kind for kind, is_found in found.items() if is_found]


def _word_kinds(text: str) -> list[str]:
    said = plain(text)
    found = ["statuses"] if is_status(said) else []
    if said in CHANNEL_OF:
        return ["channels"]
    if said in LANGUAGE_OF:
        return ["languages"]
    if is_consent(text) or said in NOTHING or said in {"false", "falso"}:
        return ["consents", *found]
    return ["names", *found] if " " in said and len(text) <= LONGEST_SAMPLE else found


def _moment_kind(cell: Cell, text: str) -> str:
    moment = _moment(cell, text)
    if moment is None:
        return ""
    if moment.day is None:
        return "hours"
    return "both" if moment.hour not in {None, time(0)} else "dates"


def _moment(cell: Cell, text: str) -> ReadTimestamp | None:
    if isinstance(cell, datetime):
        return ReadTimestamp(cell.date(), cell.time())
    if isinstance(cell, date):
        return ReadTimestamp(cell)
    if isinstance(cell, time):
        return ReadTimestamp(None, cell)
    if isinstance(cell, float) and not cell.is_integer():
        return from_serial(cell)
    # A bare number is a date only to someone who knows that it is one.
    return None if text.isdecimal() else _in_any_order(text)


def _in_any_order(text: str) -> ReadTimestamp | None:
    return read_moment(text, "DMY") or read_moment(text, "MDY")


# An Ecuadorian identity number looks like a phone: ten digits, a province in front.
IDENTITY_DIGITS = 10
PROVINCES = frozenset({*range(1, 25), 30})
MASKED = re.compile(r"\d{3}\.\d{3}\.\d{3}-\d{2}|\d{9}-\d|\d{1,2}\.\d{3}\.\d{3}-[\dkK]")


def is_identity(text: str) -> bool:
    """Whether the last digit is the check digit of a cédula (one phone in ten passes, too)."""
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
