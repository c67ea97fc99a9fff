"""The boundaries of periods. From the 31st on, a shorter month ends a period on its last day."""

import calendar
from datetime import UTC, datetime

from dev.doubles.stripe.account import Record

MONTHS = {"month": 1, "year": 12}


def later(moment: int, price: Record, count: int = 1) -> int:
    """Return the moment that is `count` periods later, or earlier if it is negative."""
    start = datetime.fromtimestamp(moment, UTC)
    months = start.month - 1 + count * MONTHS[price["recurring"]["interval"]]
    year, month = start.year + months // 12, months % 12 + 1
    day = min(start.day, calendar.monthrange(year, month)[1])
    return int(start.replace(year=year, month=month, day=day).timestamp())


def end_after(moment: int, price: Record, *, anchor: int) -> int:
    """Return the first boundary after the moment, counted from the anchor to keep the 31st."""
    count = 0
    while (end := later(anchor, price, count)) <= moment:
        count += 1
    return end
