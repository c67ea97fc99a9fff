"""The figures of a set of asks. All fields are sums, so that figures can be added."""

from dataclasses import dataclass, fields
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Self

from django.utils.translation import gettext_lazy as _

# With fewer ratings chance decides, and the pages say so.
FEW_ANSWERS = 20

# A value of even fewer is not drawn: one patient would move an average by a star.
FEWEST_DRAWN = 5

# NPS usually comes from a scale of 0 to 10, so ours is always shown together with its scale.
NPS_SCALE = _("4–5 promoters, 3 passive, 1–2 detractors")


@dataclass(frozen=True)
class Figures:
    """The names of the fields are the columns of `DayTally`, which `reading.py` sums up."""

    asked: int = 0
    delivered: int = 0
    answered: int = 0
    failed: int = 0
    clicked: int = 0
    opted_out: int = 0
    rated_1: int = 0
    rated_2: int = 0
    rated_3: int = 0
    rated_4: int = 0
    rated_5: int = 0
    delivery_ms: int = 0
    deliveries_timed: int = 0
    response_ms: int = 0
    responses_timed: int = 0
    credits: int = 0

    def __add__(self, other: Self) -> Self:
        names = [field.name for field in fields(self)]
        return type(self)(**{name: getattr(self, name) + getattr(other, name) for name in names})

    @property
    def ratings(self) -> tuple[int, int, int, int, int]:
        """How many patients rated 1, 2, 3, 4 and 5."""
        return (self.rated_1, self.rated_2, self.rated_3, self.rated_4, self.rated_5)

    @property
    def rated(self) -> int:
        return sum(self.ratings)

    @property
    def promoters(self) -> int:
        return self.rated_4 + self.rated_5

    @property
    def happy(self) -> int:
        """How many rated 4 or 5. The funnel calls the promoters happy."""
        return self.promoters

    @property
    def detractors(self) -> int:
        return self.rated_1 + self.rated_2

    @property
    def nps(self) -> int | None:
        if not self.rated:
            return None
        return _round(Decimal((self.promoters - self.detractors) * 100) / self.rated)

    @property
    def average(self) -> float | None:
        if not self.rated:
            return None
        return sum(stars * count for stars, count in enumerate(self.ratings, 1)) / self.rated

    @property
    def answer_rate(self) -> float | None:
        """The share of delivered asks that were answered, with a STOP as well."""
        return self.answered / self.delivered if self.delivered else None

    @property
    def rating_rate(self) -> float | None:
        """The share of delivered asks that got a rating."""
        return self.rated / self.delivered if self.delivered else None

    @property
    def average_delivery(self) -> timedelta | None:
        return _average(self.delivery_ms, self.deliveries_timed)

    @property
    def average_response(self) -> timedelta | None:
        return _average(self.response_ms, self.responses_timed)

    @property
    def says_little(self) -> bool:
        return self.rated < FEW_ANSWERS

    @property
    def is_drawable(self) -> bool:
        """Whether charts and reports show the average. Below that chance has too large a part."""
        return self.rated >= FEWEST_DRAWN


def _round(number: Decimal) -> int:
    """Round a half away from zero, as people do, and not to the even neighbour like `round`."""
    return int(number.quantize(Decimal(1), ROUND_HALF_UP))


def _average(milliseconds: int, count: int) -> timedelta | None:
    return timedelta(milliseconds=milliseconds / count) if count else None
