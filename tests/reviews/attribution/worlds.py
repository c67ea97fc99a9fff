"""Made-up months of a practice in which it is known which ask each review came from.

The figures here are not those of the rule. They describe patients: families that share a phone,
common names, reviewers with other names than in the list, and people who click and write nothing.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from reviews.attribution.rule import AskFacts, ReviewFacts

START = datetime(2026, 3, 1, tzinfo=UTC)
# The first ones are common: a third of all patients have one of the first four.
GIVEN = """
María José Ana Luis Carlos Juan Rosa Carmen Jorge Lucía Fernanda Diego Andrea Pablo Gabriela
Marco Verónica Byron Paola Esteban Nancy Wilson Karina Édison Daniela Xavier Lorena Iván
Soledad Ramiro Tatiana Fausto Belén Galo Mireya Freddy Ximena Hernán Priscila Rómulo
"""
FAMILY = """
Vera Quishpe Cedeño Mendoza Paredes Benavides Zambrano Guamán Loor Andrade Chávez Salazar
Morales Vélez Toapanta Espinosa Ruiz Cárdenas Moreira Aguirre Tipán Bravo Proaño Delgado
"""
SHORT = {"María": "Mary", "José": "Pepe", "Fernanda": "Fer", "Gabriela": "Gaby", "Daniela": "Dani"}
NICKNAMES = ["Luna Llena", "El Chino", "Mama de Emi", "GamerQuito", "J. P.", "La Flaca"]


@dataclass
class World:
    reviews: list[ReviewFacts] = field(default_factory=list)
    asks: list[AskFacts] = field(default_factory=list)
    truth: dict[UUID, UUID] = field(default_factory=dict)  # review to patient


@dataclass(frozen=True)
class Habits:
    """How many asks, and how people behave. The defaults are an ordinary practice."""

    asks: int = 400
    answer: float = 0.45
    click_of_happy: float = 0.45
    click_of_unhappy: float = 0.15
    write_after_click: float = 0.35
    write_without_click: float = 0.015
    anonymous: float = 0.08
    nickname: float = 0.1
    relative: float = 0.12  # who writes from a relative's account
    organic: int = 12  # reviews that no ask led to
    organic_patients: float = 0.3  # of those, by somebody with the name of an asked patient
    families: float = 0.15  # asks that share the phone with the ask before


def build_world(seed: int, habits: Habits) -> World:
    chance, world = random.Random(seed), World()  # noqa: S311
    for asked, person in _ask_people(chance, habits):
        ask = _answer(asked, chance, habits)
        world.asks.append(ask)
        if review := _review(ask, person, chance, habits):
            world.reviews.append(review)
            world.truth[review.key] = ask.key
    world.reviews += [_organic_review(world.asks, chance, habits) for _ in range(habits.organic)]
    chance.shuffle(world.reviews)
    return world


def _ask_people(chance: random.Random, habits: Habits) -> Iterator[tuple[AskFacts, str]]:
    """Yield each ask with the name of the person who holds the phone."""
    holder, at = "", START
    for _ in range(habits.asks):
        shares = bool(holder) and chance.random() < habits.families
        at = at if shares else START + timedelta(minutes=chance.randrange(30 * 24 * 60))
        family = holder.rsplit(maxsplit=1)[-1] if shares else _skewed(FAMILY, chance)
        name = f"{_skewed(GIVEN, chance)} {family}"
        holder = holder if shares else name
        yield AskFacts(uuid4(), at, _as_listed(name, chance), None, None, 0), holder


def _answer(ask: AskFacts, chance: random.Random, habits: Habits) -> AskFacts:
    if chance.random() > habits.answer:
        return ask
    rating = chance.choices((1, 2, 3, 4, 5), (5, 4, 8, 20, 63))[0]
    clicks = chance.random() < (habits.click_of_happy if rating > 3 else habits.click_of_unhappy)
    if not clicks:
        return replace(ask, rating=rating)
    at = ask.asked_at + timedelta(minutes=chance.expovariate(1 / 90))
    return replace(ask, rating=rating, clicked_at=at, clicks=1)


def _review(
    ask: AskFacts, holder: str, chance: random.Random, habits: Habits
) -> ReviewFacts | None:
    if ask.clicked_at:
        if chance.random() > habits.write_after_click:
            return None
        slow = chance.random() < 0.2
        delay = timedelta(minutes=chance.expovariate(1 / (2000 if slow else 6)))
        at = ask.clicked_at + delay
    else:
        if chance.random() > habits.write_without_click:
            return None
        at = ask.asked_at + timedelta(hours=chance.expovariate(1 / 40))
    rating = ask.rating or 5
    stars = min(5, max(1, rating + chance.choices((0, -1, 1, -3), (80, 8, 10, 2))[0]))
    return ReviewFacts(uuid4(), at, _as_shown(holder, chance, habits), stars)


def _organic_review(asks: list[AskFacts], chance: random.Random, habits: Habits) -> ReviewFacts:
    at = START + timedelta(minutes=chance.randrange(32 * 24 * 60))
    name = f"{_skewed(GIVEN, chance)} {_skewed(FAMILY, chance)}"
    if chance.random() < habits.organic_patients:
        name = chance.choice(asks).name.title()
    stars = chance.choices((1, 2, 3, 4, 5), (15, 5, 5, 10, 65))[0]
    return ReviewFacts(uuid4(), at, _as_shown(name, chance, habits), stars)


def _as_listed(name: str, chance: random.Random) -> str:
    given, family = name.split()
    second = f"{family} {_skewed(FAMILY, chance)}"
    return chance.choice(
        (name, f"{given} {second}", f"{second} {given}".upper(), f"Sra. {given} {family}")
    )


def _as_shown(name: str, chance: random.Random, habits: Habits) -> str:
    kind = chance.random()
    if kind < habits.anonymous:
        return ""
    if kind < habits.anonymous + habits.nickname:
        return chance.choice(NICKNAMES)
    given, family = name.split(maxsplit=1)[0], name.rsplit(maxsplit=1)[-1]
    if kind < habits.anonymous + habits.nickname + habits.relative:
        return f"{_skewed(GIVEN, chance)} {chance.choice((family, _skewed(FAMILY, chance)))}"
    return chance.choice(
        (f"{given} {family}", f"{given} {family}", f"{given} {family[0]}.", given)
        + ((f"{SHORT[given]} {family}",) if given in SHORT else ())
    )


def _skewed(names: str, chance: random.Random) -> str:
    every = names.split()
    return every[min(int(chance.expovariate(1 / 9)), len(every) - 1)]
