"""Calendar months of a clinic, as the address names them: 2026-03."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.formats import date_format

from insights.periods import Period


@dataclass(frozen=True, order=True)
class Month:
    year: int
    number: int

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year, day.month)

    @classmethod
    def parse(cls, text: str) -> "Month | None":
        """Parse "2026-03". Return None for anything else."""
        try:
            return cls.of(date.fromisoformat(f"{text}-01"))
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @property
    def first(self) -> date:
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        return (self.first + timedelta(days=31)).replace(day=1) - timedelta(days=1)

    @property
    def period(self) -> Period:
        return Period(self.first, self.last)

    @property
    def previous(self) -> "Month":
        return Month.of(self.first - timedelta(days=1))

    @property
    def next(self) -> "Month":
        return Month.of(self.last + timedelta(days=1))

    @property
    def name(self) -> str:
        """The name with the year, in the language of the page: "marzo de 2026"."""
        return date_format(self.first, "YEAR_MONTH_FORMAT")

    def name_beside(self, other: "Month") -> str:
        """The name without the year where that is the year of the other month."""
        return date_format(self.first, "F") if self.year == other.year else self.name


EARLIEST = Month(2000, 1)


def choose_month(text: str, *, today: date, created: date) -> Month:
    """Return the month of an address. Without one, the last month that is over.

    A clinic that was not there last month has only the current one.
    """
    current = Month.of(today)
    asked = Month.parse(text)
    if asked and EARLIEST <= asked <= current:
        return asked
    return max(current.previous, Month.of(created)) if created <= today else current
