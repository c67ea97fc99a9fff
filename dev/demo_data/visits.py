"""Generate the visits of the history."""

import random
import unicodedata
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from dev.demo_data import moments, names
from dev.demo_data.story import Clinic, Theme
from templates_app.models import Channel

CHANNELS = {Channel.SMS: 50, Channel.WHATSAPP: 38, Channel.EMAIL: 12}
RETURNS, HAS_EMAIL = 0.15, 0.3
# A patient is not asked twice within a month, so nobody has two visits in less time.
REST = timedelta(days=31)


@dataclass
class Person:
    name: str
    phone: str
    email: str
    channel: Channel
    seen: date
    may_be_asked: bool = True


@dataclass(frozen=True)
class Visit:
    person: Person
    theme: Theme
    kind: str
    at: datetime
    waited_long: bool


def generate_visits(clinic: Clinic, *, last_day: date, chance: random.Random) -> Iterator[Visit]:
    """Yield visits in order of days.

    The caller may clear `may_be_asked` of a person after a visit: then they do not return.
    """
    first_day = last_day - timedelta(days=clinic.days - 1)
    numbers = iter(chance.sample(range(10**7), clinic.visits))
    known: deque[Person] = deque()
    for day in moments.days_of_visits(first_day, last_day, clinic.visits, chance):
        themes = [theme for theme in clinic.themes if is_running(theme, day, last_day)]
        theme = chance.choices(themes, [theme.share for theme in themes])[0]
        person = choose_returning(known, day, chance)
        if person is None:
            person = create_person(f"{clinic.phones}{next(numbers):07d}", day, chance)
        person.seen = day
        known.append(person)
        yield Visit(
            person,
            theme,
            chance.choice(theme.kinds),
            moments.choose_appointment(day, chance),
            waited_long=waits_long(clinic, theme, day, last_day, chance),
        )


def is_running(theme: Theme, day: date, last_day: date) -> bool:
    return theme.ended_days_ago is None or day < last_day - timedelta(days=theme.ended_days_ago)


def waits_long(
    clinic: Clinic, theme: Theme, day: date, last_day: date, chance: random.Random
) -> bool:
    waits = clinic.long_waits
    if not waits or theme.place != waits.place or day <= last_day - timedelta(days=waits.days):
        return False
    return chance.random() < waits.share


def choose_returning(known: deque[Person], day: date, chance: random.Random) -> Person | None:
    if chance.random() > RETURNS or not known or day - known[0].seen < REST:
        return None
    person = known.popleft()
    return person if person.may_be_asked else None


def create_person(phone: str, day: date, chance: random.Random) -> Person:
    first = chance.choice(chance.choices((names.WOMEN, names.MEN), (58, 42))[0])
    name = f"{first} {chance.choice(names.SURNAMES)} {chance.choice(names.SURNAMES)}"
    channel = chance.choices(list(CHANNELS), list(CHANNELS.values()))[0]
    by_mail = channel == Channel.EMAIL
    email = create_email(name, phone, chance) if by_mail or chance.random() < HAS_EMAIL else ""
    return Person(name, chance.choice(("", phone)) if by_mail else phone, email, channel, day)


def create_email(name: str, phone: str, chance: random.Random) -> str:
    plain = unicodedata.normalize("NFD", name.casefold()).encode("ascii", "ignore").decode()
    first, surname, _ = plain.split()
    return f"{first}.{surname}{phone[-3:]}@{chance.choice(names.MAIL_PROVIDERS)}"
