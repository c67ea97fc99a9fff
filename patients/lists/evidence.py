"""What the cells of a column look like, counted while the file is surveyed."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from patients.lists.cells import Cell, tidy
from patients.lists.words import YES, CHANNEL_OF, LANGUAGE_OF, plain

LOOKED_AT = 500
SAMPLES = 5
DATE = re.compile(r"(\d{1,4})[/.\-](\d{1,2})[/.\-](\d{1,4})(?:\D|$)")
SPELLED = re.compile(r"\d{1,2}[ /.\-]+(?:de +)?[a-z]{3,}[ /.\-]+(?:de +|del +)?\d{2,4}", re.I)
TIME = re.compile(r"(?:^|[T ,])(?:[01]?\d|2[0-4])(?:[:h][0-5]\d|h| ?[ap]\.? ?m)", re.I)
PHONE = re.compile(r"(?:\+|00)?[\d][\d ().\-]{7,18}\d")


@dataclass(frozen=True)
class Evidence:
    filled: int = 0
    looked_at: int = 0
    phones: int = 0
    emails: int = 0
    dates: int = 0
    times: int = 0
    both: int = 0
    consents: int = 0
    channels: int = 0
    languages: int = 0
    names: int = 0
    day_first: int = 0
    month_first: int = 0
    year_first: int = 0
    either: int = 0
    hours: int = 0

    def share(self, what: int) -> float:
        return what / self.looked_at if self.looked_at else 0.0


class Watch:
    def __init__(self) -> None:
        self.filled = 0
        self.samples: list[str] = []
        self.counts: dict[str, int] = {}

    def count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    def see(self, cell: Cell) -> None:
        if self.filled >= LOOKED_AT and not self.counts.get("dates"):
            self.filled += 1
            return
        text = tidy(cell)
        if not text:
            return
        self.filled += 1
        if len(self.samples) < SAMPLES and text not in self.samples:
            self.samples.append(text[:80])
        self.weigh(cell, text)

    def weigh(self, cell: Cell, text: str) -> None:
        is_first = self.filled <= LOOKED_AT
        if isinstance(cell, datetime | date):
            self.count("dates")
            if isinstance(cell, datetime) and (cell.hour or cell.minute):
                self.count("both")
                self.count("hours")
            return
        if isinstance(cell, time):
            self.count("times")
            return
        has_date = self.weigh_date(text) or bool(SPELLED.search(text))
        has_time = bool(TIME.search(text))
        if has_date:
            self.count("dates")
            if has_time:
                self.count("both")
                self.count("hours")
        elif has_time:
            self.count("times")
        if not is_first or has_date or has_time:
            return
        said = plain(text)
        if "@" in text:
            self.count("emails")
        elif PHONE.fullmatch(text):
            self.count("phones")
        elif said in YES or said in {"no", "nao", "false", "0"}:
            self.count("consents")
        elif said in CHANNEL_OF:
            self.count("channels")
        elif said in LANGUAGE_OF:
            self.count("languages")
        elif not any(letter.isdigit() for letter in text) and " " in text:
            self.count("names")

    def weigh_date(self, text: str) -> bool:
        found = DATE.match(text)
        if not found:
            return False
        first, second = int(found[1]), int(found[2])
        if len(found[1]) == 4:
            self.count("year_first")
        elif first > 12 >= second:
            self.count("day_first")
        elif second > 12 >= first:
            self.count("month_first")
        else:
            self.count("either")
        return True

    def evidence(self) -> Evidence:
        return Evidence(filled=self.filled, looked_at=min(self.filled, LOOKED_AT), **self.counts)
