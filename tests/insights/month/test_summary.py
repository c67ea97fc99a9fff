"""The sentences and the advice that follow from facts, without a database."""

from datetime import timedelta
from itertools import count
from uuid import uuid4

import pytest
from django.utils import translation

from insights.figures import Figures
from insights.month.facts import MonthFacts, OpenCases, PracticeFacts
from insights.month.months import Month
from insights.month.quotes import BLAME, PRAISE, PatientQuote
from insights.month.summary import summarize
from insights.topics.counting import TopicCounts, TopicFigures, TopicReport
from messaging.models import Topic

MARCH = Month(2026, 3)
NUMBERS = count(1)


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield


def topic(
    code: Topic, now: TopicCounts, before: TopicCounts, *, of_now: int = 100, of_before: int = 100
) -> TopicFigures:
    return TopicFigures(code, now, before, of_now=of_now, of_before=of_before)


def counts(visits: int, *, blamed: int = 0, praised: int = 0, stars: int = 3) -> TopicCounts:
    return TopicCounts(
        visits=visits,
        rated=visits,
        stars=visits * stars,
        stars_squared=visits * stars**2,
        praised=praised,
        blamed=blamed,
    )


def report(*topics: TopicFigures, visits: int = 100, blamed: int = 40) -> TopicReport:
    read = counts(visits, blamed=blamed, praised=visits - blamed)
    return TopicReport(topics=list(topics), read=read, read_before=read)


def quote(code: Topic, tone: str, text: str, visit: int | None = None) -> PatientQuote:
    return PatientQuote(next(NUMBERS) if visit is None else visit, code, tone, 2, uuid4(), text)


def facts(**values: object) -> MonthFacts:
    return MonthFacts(**({"month": MARCH, "is_over": True} | values))  # type: ignore[arg-type]


def changes_of(facts: MonthFacts) -> list[str]:
    """The sentences, however the language spaces its per cent sign."""
    return [change.replace("\xa0%", "%").replace(" %", "%") for change in summarize(facts).changes]


def test_clear_changes_are_rises_and_falls() -> None:
    changes = changes_of(
        facts(
            now=Figures(asked=300, delivered=280, answered=140, rated_5=100, rated_1=10),
            before=Figures(asked=260, delivered=250, answered=75, rated_5=20, rated_1=40),
        )
    )

    assert changes == [
        "300 patients were asked; 260 in February.",
        "More patients answer: 50%, after 30% in February.",
        "The average rating rose to 4.6, from 2.3 in February.",
    ]


def test_changes_within_chance_are_about_the_same() -> None:
    changes = changes_of(
        facts(
            now=Figures(asked=60, delivered=60, answered=30, rated_5=20, rated_4=5),
            before=Figures(asked=60, delivered=60, answered=27, rated_5=18, rated_4=7),
        )
    )

    assert changes[1:] == [
        "50% of the delivered questions were answered (45% in February). "
        "The difference may be chance.",
        "The average rating is 4.8 (4.7 in February). The difference may be chance.",
    ]


def test_few_ratings_say_little() -> None:
    summary = summarize(facts(now=Figures(asked=9, delivered=9, answered=7, rated_5=7)))

    assert "There are only 7 ratings, so the average of 5.0 says little." in summary.changes


def test_month_that_is_not_over_is_compared_with_care() -> None:
    summary = summarize(
        facts(is_over=False, now=Figures(asked=20), before=Figures(asked=260)),
    )

    assert summary.changes == ["20 patients were asked so far; 260 in all of February."]


def test_first_month_of_the_year_names_the_year_before() -> None:
    summary = summarize(facts(month=Month(2026, 1), now=Figures(asked=2), before=Figures(asked=1)))

    assert summary.changes == ["2 patients were asked; 1 in December 2025."]


def test_topics_that_changed_clearly_are_named() -> None:
    changes = changes_of(
        facts(
            topics=report(
                topic(Topic.WAITING, counts(50, stars=2), counts(20, stars=4)),
                topic(Topic.PRICE, counts(12), counts(10)),
            )
        )
    )

    assert changes[1:] == [
        "“Waiting time” is named more often: by 50% of the writers, after 20%.",
        "Those who name “Waiting time” rate worse: 2.0, after 4.0.",
    ]


def test_topic_is_praised_only_if_happy_patients_name_it_more() -> None:
    price = topic(Topic.PRICE, counts(15, praised=6, blamed=9), counts(0))
    summary = summarize(facts(topics=report(price, blamed=50)))

    assert summary.praised == []
    assert [(line.topic, line.visits) for line in summary.blamed] == [(Topic.PRICE, 9)]


def test_praise_and_blame_are_ranked_without_something_else() -> None:
    summary = summarize(
        facts(
            topics=report(
                topic(Topic.OTHER, counts(60, praised=30, blamed=30), counts(0)),
                topic(Topic.KINDNESS, counts(30, praised=29, blamed=1), counts(0)),
                topic(Topic.WAITING, counts(25, praised=5, blamed=20), counts(0)),
                topic(Topic.EXPLANATION, counts(5, praised=5), counts(0)),
            )
        )
    )

    assert [(line.topic, line.visits, line.of) for line in summary.praised] == [
        (Topic.KINDNESS, 29, 60),
        (Topic.EXPLANATION, 5, 60),
    ]
    assert [line.topic for line in summary.blamed] == [Topic.WAITING]


def test_few_comments_are_not_ranked_but_quoted() -> None:
    summary = summarize(
        facts(
            topics=report(topic(Topic.WAITING, counts(4, blamed=4), counts(0)), visits=4, blamed=4),
            quotes=[quote(Topic.WAITING, BLAME, "Esperé una hora")],
        )
    )

    assert summary.blamed == []
    assert [shown.text for shown in summary.blame_quotes] == ["Esperé una hora"]


def test_three_quotes_are_of_different_visits_and_topics() -> None:
    visit = next(NUMBERS)
    summary = summarize(
        facts(
            topics=report(
                topic(Topic.WAITING, counts(20, blamed=20), counts(0)),
                topic(Topic.PRICE, counts(10, blamed=10), counts(0)),
            ),
            quotes=[
                quote(Topic.WAITING, BLAME, "Espera y caro", visit),
                quote(Topic.WAITING, BLAME, "Una hora"),
                quote(Topic.WAITING, BLAME, "Dos horas"),
                quote(Topic.PRICE, BLAME, "Espera y caro", visit),
                quote(Topic.PRICE, BLAME, "Carísimo"),
                quote(Topic.PRICE, PRAISE, "Barato"),
            ],
        )
    )

    texts = [shown.text for shown in summary.blame_quotes]
    assert texts == ["Espera y caro", "Una hora", "Carísimo"]


def test_complaint_about_a_praised_topic_is_quoted() -> None:
    kindness = topic(Topic.KINDNESS, counts(50, praised=48, blamed=2), counts(0))
    summary = summarize(
        facts(
            topics=report(kindness),
            quotes=[quote(Topic.KINDNESS, BLAME, "Fueron groseros conmigo")],
        )
    )

    assert summary.blamed == []
    assert [shown.text for shown in summary.blame_quotes] == ["Fueron groseros conmigo"]


def practice(name: str, *, blamed: int, visits: int = 50) -> PracticeFacts:
    waiting = topic(Topic.WAITING, counts(blamed, blamed=blamed), counts(0))
    return PracticeFacts(
        uuid4(), name, Figures(rated_5=30), Figures(rated_1=30), report(waiting, visits=visits)
    )


def test_practices_show_clear_changes_and_enough_comments_only() -> None:
    summary = summarize(
        facts(practices=[practice("Norte", blamed=9), practice("Sur", blamed=3, visits=12)])
    )
    north, south = summary.practices

    assert north.rating_change == 4
    assert (north.most_blamed, south.most_blamed) == (Topic.WAITING, None)


def test_advice_is_in_the_order_of_what_presses() -> None:
    summary = summarize(
        facts(
            now=Figures(asked=500, delivered=400, failed=60, answered=20),
            topics=report(topic(Topic.WAITING, counts(20, blamed=20), counts(0))),
            cases=OpenCases(unhappy=3, urgent=1, longest_wait=timedelta(days=12, hours=3)),
        )
    )

    assert [advice.why for advice in summary.advice] == [
        "1 patient wrote something urgent and is still waiting.",
        "The cases of 3 unhappy patients are not resolved. The oldest waits for 12 days.",
        "60 messages could not be delivered, more than one in ten.",
    ]


def test_largest_topic_of_unhappy_patients_is_advised_with_its_practice() -> None:
    (advice,) = summarize(
        facts(
            topics=report(
                topic(Topic.OTHER, counts(30, blamed=30), counts(0)),
                topic(Topic.WAITING, counts(20, blamed=20), counts(0)),
            ),
            practices=[practice("Norte", blamed=15), practice("Sur", blamed=5)],
        )
    ).advice

    assert advice.why == (
        "“Waiting time” is what unhappy patients name most: 20 of 40 who write."
        " Most of them were at “Norte”."
    )
    assert advice.where == (
        "/results/ratings/?period=own&from=2026-03-01&to=2026-03-31&shown=words"
        "&rating=3&rating=2&rating=1&topic=waiting"
    )


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"now": Figures(asked=49, delivered=49, answered=1, failed=9)},
        {"topics": report(topic(Topic.WAITING, counts(4, blamed=4), counts(0)))},
        {"topics": report(topic(Topic.WAITING, counts(9, blamed=9), counts(0)), visits=19)},
    ],
    ids=["nothing", "few patients", "few complaints", "few comments"],
)
def test_small_figures_give_no_advice(values: dict[str, object]) -> None:
    assert summarize(facts(**values)).advice == []
