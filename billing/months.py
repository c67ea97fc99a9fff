"""The months of a paid plan, counted from the day on which paying began.

They are not counted from Stripe's billing day: changing from monthly to yearly and back moves that
day, and must not bring another month's credits each time.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Month:
    starts_at: datetime
    ends_at: datetime


def month_of(anchor: datetime, at: datetime) -> Month | None:
    """Return the month that contains a moment, or None before paying began."""
    if at < anchor:
        return None
    count = (at.year - anchor.year) * 12 + at.month - anchor.month
    if add_months(anchor, count) > at:
        count -= 1
    return Month(add_months(anchor, count), add_months(anchor, count + 1))


def add_months(anchor: datetime, count: int) -> datetime:
    """Return the same day some months later. The 31st becomes the last day of a shorter month."""
    anchor = anchor.astimezone(UTC)
    years, month = divmod(anchor.month - 1 + count, 12)
    year, month = anchor.year + years, month + 1
    return anchor.replace(year=year, month=month, day=min(anchor.day, monthrange(year, month)[1]))
