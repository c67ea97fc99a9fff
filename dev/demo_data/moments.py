"""When things happen in a clinic: on working days, and people answer while they are awake."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Guayaquil")

# Monday to Sunday: how full the waiting room is.
BUSY = (1.15, 1.05, 1.0, 1.0, 0.9, 0.35, 0.0)
SATURDAY = 5
GROWTH = 0.6

WAKES, SLEEPS = 7, 22


def days(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def days_of_visits(first: date, last: date, count: int, chance: random.Random) -> list[date]:
    """More on Mondays, none on Sundays, and slowly more from month to month."""
    calendar = list(days(first, last))
    weights = [
        BUSY[day.weekday()] * (1 + GROWTH * index / len(calendar))
        for index, day in enumerate(calendar)
    ]
    return sorted(chance.choices(calendar, weights, k=count))


def slot(day: date, chance: random.Random) -> datetime:
    """The last one leaves room for an ask on the same day."""
    last = 12 if day.weekday() == SATURDAY else 16
    return at(day, chance.randint(8, last), chance.choice((0, 20, 40)))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), ZONE)


def awake(moment: datetime, chance: random.Random) -> datetime:
    """Who would answer at night answers over breakfast."""
    local = moment.astimezone(ZONE)
    if WAKES <= local.hour < SLEEPS:
        return moment
    day = local.date() + timedelta(days=local.hour >= SLEEPS)
    return at(day, WAKES) + timedelta(minutes=chance.randint(0, 90))


def a_while(median: timedelta, most: timedelta, chance: random.Random) -> timedelta:
    """Most are quick, a few take very long."""
    return min(median * chance.lognormvariate(0, 1.2), most)


def seconds(fewest: float, most: float, chance: random.Random) -> timedelta:
    return timedelta(seconds=chance.uniform(fewest, most))
