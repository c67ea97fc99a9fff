"""What the cells of a column look like, counted while the file is surveyed."""

import re
from dataclasses import dataclass, fields
from datetime import date, datetime, time

from patients.lists.cells import Cell, tidy
from patients.lists.moments import FIRST_SERIAL, LAST_SERIAL, read_moment
from patients.lists.words import CHANNEL_OF, LANGUAGE_OF, NOTHING, is_consent, plain

# The first cells tell what a column is; the order of its dates is told by all of them.
LOOKED_AT = 500
SAMPLES = 5
LONGEST_SAMPLE = 80
NUMBERS = re.compile(r"(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{1,4})(?!\d)")
PHONE = re.compile(r"(?:tel:|whatsapp:|wa\.me/)?(?:\+|00)?\(?\d[\d ().\-]{6,18}\d(?:\s*[/;,].*)?")
YEARS_AROUND = 2


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
            self._order(cell)
            if not counts["both"] and read_both(cell):
                counts["both"] += 1
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
        if day := day_of(cell, text):
            self.counts["recent"] += day.year in self.years
        self._order(text)
        if text.isdecimal() and len(text) <= 15:
            self.counts["counting"] += 0 < int(text) - self.last_number <= 5
            self.last_number = int(text)

    def _order(self, text: str) -> None:
        if not (found := NUMBERS.match(text)):
            return
        first, second = int(found[1]), int(found[2])
        if len(found[1]) == 4:
            self.counts["year_first"] += 1
        elif first > 12 >= second:
            self.counts["day_first"] += 1
        elif second > 12 >= first:
            self.counts["month_first"] += 1
        elif first != second:
            self.counts["either"] += 1

    def evidence(self) -> Evidence:
        return Evidence(**{**self.counts, "distinct": len(self.seen)})


def kinds(cell: Cell, text: str) -> list[str]:
    """What a cell may be; a number can be a phone and an identity at once."""
    if moment := _moment_kind(cell, text):
        return [moment]
    said = plain(text)
    if "@" in text:
        return ["emails"]
    if any(letter.isdigit() for letter in text):
        found = ["phones"] if PHONE.fullmatch(text) else []
        if is_identity(text):
            found.append("identities")
        return found + (["consents"] if text in {"0", "1"} else [])
    if said in CHANNEL_OF:
        return ["channels"]
    if said in LANGUAGE_OF and len(said) > 1:
        return ["languages"]
    if is_consent(text) or said in NOTHING or said in {"false", "falso"}:
        return ["consents"]
    return ["names"] if " " in said and len(text) <= LONGEST_SAMPLE else []


def _moment_kind(cell: Cell, text: str) -> str | None:
    if isinstance(cell, datetime):
        return "both" if cell.time() != time(0) else "dates"
    if isinstance(cell, date):
        return "dates"
    if isinstance(cell, time):
        return "hours"
    if isinstance(cell, float) and not cell.is_integer():
        if 0 < cell < 1:
            return "hours"
        return "both" if FIRST_SERIAL <= cell <= LAST_SERIAL else None
    if text.isdecimal():
        return None
    moment = read_moment(text, "DMY") or read_moment(text, "MDY")
    if moment is None:
        return None
    if moment.day is None:
        return "hours"
    return "both" if moment.hour not in (None, time(0)) else "dates"


def day_of(cell: Cell, text: str) -> date | None:
    if isinstance(cell, date):
        return cell
    if not text[:1].isalnum() or text.isdecimal():
        return None
    moment = read_moment(text, "DMY") or read_moment(text, "MDY")
    return moment.day if moment else None


def read_both(text: str) -> bool:
    moment = read_moment(text, "DMY") or read_moment(text, "MDY")
    return moment is not None and bool(moment.day and moment.hour)


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
    total = sum(number - 9 if number > 9 else number for number in doubled)
    return (10 - total % 10) % 10 == int(text[9])
