from datetime import timedelta

import pytest

from insights.figures import Figures


@pytest.mark.parametrize(
    ("ratings", "nps"),
    [
        ((0, 0, 0, 0, 1), 100),
        ((1, 0, 0, 0, 0), -100),
        ((0, 0, 1, 0, 0), 0),
        ((1, 1, 1, 1, 1), 0),
        ((0, 1, 0, 1, 1), 33),
        ((0, 0, 7, 1, 0), 13),  # 12.5: a half goes away from zero
        ((0, 1, 7, 0, 0), -13),
    ],
)
def test_nps_is_promoters_less_detractors_of_all(ratings: tuple[int, ...], nps: int) -> None:
    assert Figures(**{f"rated_{n}": many for n, many in enumerate(ratings, 1)}).nps == nps


def test_nothing_is_known_of_nobody() -> None:
    nobody = Figures()

    assert nobody.nps is None
    assert nobody.average is None
    assert nobody.answer_rate is None
    assert nobody.average_delivery is None
    assert nobody.average_response is None


def test_the_average_is_of_those_who_rated() -> None:
    assert Figures(rated_5=1, rated_2=1).average == 3.5


def test_the_answer_rate_is_of_what_was_delivered() -> None:
    """Answered ones are among the delivered: REPLIED / (DELIVERED + REPLIED)."""
    assert Figures(asked=10, delivered=8, answered=2).answer_rate == 0.25


def test_rating_rate_counts_ratings_of_what_was_delivered() -> None:
    assert Figures(asked=10, delivered=8, answered=4, rated_5=1, rated_1=1).rating_rate == 0.25
    assert Figures(answered=1).rating_rate is None


def test_an_average_time_is_of_those_that_were_timed() -> None:
    timed = Figures(delivery_ms=9000, deliveries_timed=2)

    assert timed.average_delivery == timedelta(seconds=4.5)


def test_figures_add_up() -> None:
    assert Figures(asked=2, rated_5=1) + Figures(asked=3, rated_1=1) == Figures(
        asked=5, rated_5=1, rated_1=1
    )


@pytest.mark.parametrize(("rated", "says_little"), [(19, True), (20, False)])
def test_few_ratings_say_little(rated: int, says_little: bool) -> None:
    assert Figures(rated_4=rated).says_little is says_little
