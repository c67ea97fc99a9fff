"""How often the rule is right, in worlds where the truth is known."""

from collections import Counter
from dataclasses import dataclass
from functools import cache

import pytest

from reviews.attribution.rule import attribute
from reviews.models import AttributionGrade
from tests.reviews.attribution.worlds import Habits, build_world

# Months that are made up for a place. A busy month has as many reviews as ten others.
MONTHS = 12
GRADES = {"likely": {AttributionGrade.LIKELY}, "likely or possible": set(AttributionGrade)}


@dataclass(frozen=True)
class Place:
    habits: Habits
    months: int = MONTHS


PLACES = {
    "ordinary": Place(Habits()),
    "small": Place(Habits(asks=60, organic=6)),
    "busy": Place(Habits(asks=2000, organic=40), months=1),
    "families": Place(Habits(families=0.6)),
    "anonymous": Place(Habits(anonymous=0.4, nickname=0.2)),
    "clicks without review": Place(Habits(write_after_click=0.05)),
    "reviews without click": Place(Habits(write_without_click=0.1, organic=60), months=3),
    "organic by patients": Place(Habits(organic=60, organic_patients=0.8), months=3),
}


@dataclass(frozen=True)
class Score:
    """Counts over the months of a place: guesses of a grade, right ones, reviews from an ask."""

    guesses: int = 0
    right: int = 0
    from_asks: int = 0

    @property
    def precision(self) -> float:
        return self.right / self.guesses

    @property
    def recall(self) -> float:
        return self.right / self.from_asks


@cache
def score(name: str) -> dict[str, Score]:
    """Return the score of each set of grades."""
    counts: Counter[str] = Counter()
    for seed in range(PLACES[name].months):
        world = build_world(seed, PLACES[name].habits)
        counts["from_asks"] += len(world.truth)
        for match in attribute(world.reviews, world.asks):
            is_right = world.truth.get(match.review) == match.patient
            for label, grades in GRADES.items():
                if match.grade in grades:
                    counts[f"{label} guesses"] += 1
                    counts[f"{label} right"] += is_right
    return {
        label: Score(counts[f"{label} guesses"], counts[f"{label} right"], counts["from_asks"])
        for label in GRADES
    }


@pytest.mark.parametrize("name", PLACES)
def test_likely_asks_are_right_nine_times_in_ten(name: str) -> None:
    likely = score(name)["likely"]

    assert likely.precision >= 0.9
    assert likely.recall >= 0.25


@pytest.mark.parametrize("name", PLACES)
def test_possible_asks_are_right_more_often_than_not(name: str) -> None:
    both = score(name)["likely or possible"]

    assert both.precision >= 0.6
    assert both.recall > score(name)["likely"].recall


def test_world_without_asks_has_no_attribution() -> None:
    world = build_world(1, Habits(asks=0, organic=0))

    assert attribute(world.reviews, world.asks) == []
