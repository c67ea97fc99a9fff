"""Choose times: visits on working days, answers at waking hours."""

import random
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Guayaquil")

# Monday to Sunday: how many visits a day has, relative to the others.
BUSY = (1.15, 1.05, 1.0, 1.0, 0.9, 0.35, 0.0)
SATURDAY = 5
GROWTH = 0.6

WAKES, SLEEPS = 7, 22


def each_day(first: date, last: date) -> Iterator[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def days_of_visits(first: date, last: date, count: int, chance: random.Random) -> list[date]:
    """Choose days: most on Mondays, none on Sundays, and more from month to month."""
    calendar = list(each_day(first, last))
    weights = [
        BUSY[day.weekday()] * (1 + GROWTH * index / len(calendar))
        for index, day in enumerate(calendar)
    ]
    return sorted(chance.choices(calendar, weights, k=count))


def choose_appointment(day: date, chance: random.Random) -> datetime:
    """Choose a time, early enough that the ask is sent on the same day."""
    last = 12 if day.weekday() == SATURDAY else 16
    return at(day, chance.randint(8, last), chance.choice((0, 20, 40)))


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), ZONE)


def shift_to_waking_hours(moment: datetime, chance: random.Random) -> datetime:
    """Move a time at night to the next morning."""
    local = moment.astimezone(ZONE)
    if WAKES <= local.hour < SLEEPS:
        return moment
    day = local.date() + timedelta(days=local.hour >= SLEEPS)
    return at(day, WAKES) + timedelta(minutes=chance.randint(0, 90))


def random_delay(median: timedelta, most: timedelta, chance: random.Random) -> timedelta:
    """Choose a delay: most are below twice the median, and a few are very long."""
    return min(median * chance.lognormvariate(0, 1.2), most)


def random_seconds(fewest: float, most: float, chance: random.Random) -> timedelta:
    return timedelta(seconds=chance.uniform(fewest, most))
