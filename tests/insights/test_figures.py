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
def test_nps_is_promoters_minus_detractors_in_per_cent(ratings: tuple[int, ...], nps: int) -> None:
    assert Figures(**{f"rated_{n}": count for n, count in enumerate(ratings, 1)}).nps == nps


def test_rates_and_averages_without_messages_are_none() -> None:
    figures = Figures()

    assert figures.nps is None
    assert figures.average is None
    assert figures.answer_rate is None
    assert figures.average_delivery is None
    assert figures.average_response is None


def test_average_counts_only_ratings() -> None:
    assert Figures(rated_5=1, rated_2=1).average == 3.5


def test_answer_rate_is_share_of_delivered() -> None:
    """Answered messages are among the delivered: REPLIED / (DELIVERED + REPLIED)."""
    assert Figures(asked=10, delivered=8, answered=2).answer_rate == 0.25


def test_rating_rate_is_share_of_delivered() -> None:
    assert Figures(asked=10, delivered=8, answered=4, rated_5=1, rated_1=1).rating_rate == 0.25
    assert Figures(answered=1).rating_rate is None


def test_average_delivery_counts_only_timed_messages() -> None:
    timed = Figures(delivery_ms=9000, deliveries_timed=2)

    assert timed.average_delivery == timedelta(seconds=4.5)


def test_figures_are_added_field_by_field() -> None:
    assert Figures(asked=2, rated_5=1) + Figures(asked=3, rated_1=1) == Figures(
        asked=5, rated_5=1, rated_1=1
    )


@pytest.mark.parametrize(("rated", "says_little"), [(19, True), (20, False)])
def test_fewer_than_20_ratings_say_little(rated: int, says_little: bool) -> None:
    assert Figures(rated_4=rated).says_little is says_little
