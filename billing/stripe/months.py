"""The months of a subscription, counted from the day on which paying began.

From that day and no other: changing from months to years and back moves the day on which Stripe
charges, and must not bring another month's credits each time.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True)
class Month:
    starts_at: datetime
    ends_at: datetime


def month_of(anchor: datetime, at: datetime) -> Month | None:
    """The month in which a moment lies, if paying had begun by then."""
    if at < anchor:
        return None
    count = (at.year - anchor.year) * 12 + at.month - anchor.month
    if _turn(anchor, count) > at:
        count -= 1
    return Month(_turn(anchor, count), _turn(anchor, count + 1))


def _turn(anchor: datetime, count: int) -> datetime:
    """Begun on the 31st, it turns on the last day of a shorter month."""
    anchor = anchor.astimezone(UTC)
    years, month = divmod(anchor.month - 1 + count, 12)
    year, month = anchor.year + years, month + 1
    return anchor.replace(year=year, month=month, day=min(anchor.day, monthrange(year, month)[1]))
