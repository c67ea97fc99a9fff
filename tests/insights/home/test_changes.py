"""The sentence of what changed follows from figures and topics, without a database."""

import random
from collections.abc import Iterator
from datetime import date
from uuid import uuid4

import pytest
from django.utils import translation

from insights.figures import Figures
from insights.home.changes import ChangeKind, Compared, WhatChanged, find_change
from insights.periods import Period, PeriodKind
from insights.topics.counting import TopicCounts, TopicFigures, TopicReport
from messaging.models import Topic

NORTE = uuid4()
NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30), PeriodKind.MONTH)


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


def counts(visits: int, stars: int = 3) -> TopicCounts:
    return TopicCounts(visits, rated=visits, stars=visits * stars, stars_squared=visits * stars**2)


def topics(topic: Topic, now: TopicCounts, before: TopicCounts) -> TopicReport:
    """Report one topic, of a hundred visits with words in each period."""
    return TopicReport([TopicFigures(topic, now, before, of_now=100, of_before=100)])


def figures(*, rated_1: int = 0, rated_5: int = 0, answered: int = 0, of: int = 0) -> Figures:
    return Figures(rated_1=rated_1, rated_5=rated_5, answered=answered, delivered=of)


def place(
    now: Figures = Figures(),  # noqa: B008 - frozen
    before: Figures = Figures(),  # noqa: B008
    report: TopicReport | None = None,
    *,
    is_practice: bool = False,
) -> Compared:
    practice = ("Norte", NORTE) if is_practice else ("", None)
    return Compared(now, before, report or TopicReport(), *practice)


def sentence(changed: WhatChanged) -> str:
    """Return the sentence however the language spaces its per cent sign."""
    return changed.sentence.replace("\xa0%", "%").replace(" %", "%")


BAD, GOOD = figures(rated_1=40, rated_5=40), figures(rated_1=2, rated_5=78)
WAITS_LESS = topics(Topic.WAITING, counts(40, stars=2), counts(40, stars=4))
WAITS_OFTEN = topics(Topic.WAITING, counts(60), counts(20))


@pytest.mark.parametrize(
    ("now", "before", "report", "whole", "at_norte"),
    [
        (
            BAD,
            GOOD,
            None,
            "Ratings got worse: 3.0 on average, after 4.9.",
            "Ratings got worse at Norte: 3.0 on average, after 4.9.",
        ),
        (
            GOOD,
            BAD,
            None,
            "Ratings got better: 4.9 on average, after 3.0.",
            "Ratings got better at Norte: 4.9 on average, after 3.0.",
        ),
        (
            figures(answered=20, of=100),
            figures(answered=60, of=100),
            None,
            "Fewer patients answer: 20%, after 60%.",
            "Fewer patients answer at Norte: 20%, after 60%.",
        ),
        (
            figures(answered=60, of=100),
            figures(answered=20, of=100),
            None,
            "More patients answer: 60%, after 20%.",
            "More patients answer at Norte: 60%, after 20%.",
        ),
        (
            Figures(),
            Figures(),
            WAITS_LESS,
            "“Waiting time” got worse: those who name it rate 2.0, after 4.0.",
            "“Waiting time” got worse at Norte: those who name it rate 2.0, after 4.0.",
        ),
        (
            Figures(),
            Figures(),
            WAITS_OFTEN,
            "“Waiting time” is named more often: by 60% of the writers, after 20%.",
            "“Waiting time” is named more often at Norte: by 60% of the writers, after 20%.",
        ),
    ],
)
def test_clear_change_is_a_sentence(
    now: Figures, before: Figures, report: TopicReport | None, whole: str, at_norte: str
) -> None:
    of_norte = place(now, before, report, is_practice=True)

    assert sentence(find_change(place(now, before, report), [])) == whole
    assert sentence(find_change(place(), [of_norte, place()])) == at_norte


def test_clearest_change_of_all_places_is_shown() -> None:
    """The whole clinic has changed clearly, but Norte even more so."""
    whole = place(figures(rated_1=40, rated_5=160), figures(rated_1=10, rated_5=190))
    norte = place(BAD, GOOD, is_practice=True)

    changed = find_change(whole, [norte, place()])

    assert changed.clearest is not None
    assert changed.clearest.of is norte


def test_only_practice_is_not_compared_twice() -> None:
    changed = find_change(place(BAD, GOOD), [place(BAD, GOOD, is_practice=True)])

    assert changed.comparisons == 1
    assert sentence(changed).startswith("Ratings got worse: ")


def test_difference_within_chance_is_no_change() -> None:
    """Beyond 99 % for a single comparison, but not for one of many."""
    now, before = figures(answered=67, of=100), figures(answered=48, of=100)
    assert find_change(place(now, before), []).clearest is not None

    same = figures(rated_5=50, answered=50, of=100)
    others = [place(same, same, TopicReport()) for _ in range(20)]
    changed = find_change(place(now, before), others)

    assert changed.clearest is None
    assert sentence(changed) == "No clear change against the 30 days before."


def test_few_answers_are_not_compared() -> None:
    few = figures(rated_1=19, answered=19, of=19)

    changed = find_change(place(few, GOOD), [])

    assert changed == WhatChanged()
    assert sentence(changed) == "There are too few answers yet to say what changed."


def test_topic_without_a_name_is_left_out() -> None:
    report = topics(Topic.OTHER, counts(60), counts(20))

    assert find_change(place(report=report), []).comparisons == 0


def test_change_leads_to_what_is_behind_it() -> None:
    of_topic = find_change(place(), [place(report=WAITS_OFTEN, is_practice=True), place()])
    of_ratings = find_change(place(BAD, GOOD), [])
    assert of_topic.clearest
    assert of_ratings.clearest

    query = f"period=30&practice={NORTE}&shown=words&topic=waiting"
    assert of_topic.clearest.kind is ChangeKind.TOPIC_SHARE
    assert of_topic.clearest.link(NOVEMBER) == f"/results/ratings/?{query}"
    assert of_ratings.clearest.link(NOVEMBER) == "/results/?period=30"


def test_equal_clinics_seldom_have_a_change() -> None:
    """Draw both periods of five practices from the same chances: hardly any day has a sentence."""
    chance = random.Random(7)  # noqa: S311 - the same draws every time
    days = 300

    def draw() -> Figures:
        ratings = chance.choices((1, 5), (15, 85), k=60)
        answered = sum(chance.random() < 0.4 for _ in range(150))
        return figures(
            rated_1=ratings.count(1), rated_5=ratings.count(5), answered=answered, of=150
        )

    def has_change() -> bool:
        practices = [place(draw(), draw(), is_practice=True) for _ in range(5)]
        now, before = (
            sum((getattr(each, side) for each in practices), Figures())
            for side in ("now", "before")
        )
        return find_change(place(now, before), practices).clearest is not None

    assert sum(has_change() for _ in range(days)) < 0.08 * days
