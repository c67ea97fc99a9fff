import random

import pytest

from insights.certainty import Sample, mean_interval, means_differ, shares_differ


def sample(*ratings: int) -> Sample:
    return Sample(len(ratings), sum(ratings), sum(rating**2 for rating in ratings))


def test_few_ratings_have_no_interval() -> None:
    assert mean_interval(sample(*[5] * 19)) is None
    assert mean_interval(sample(*[5] * 20)) is not None


def test_equal_ratings_are_not_certain() -> None:
    interval = mean_interval(sample(*[5] * 20))
    assert interval is not None
    low, high = interval

    assert 4.4 < low < 4.8
    assert high == 5


@pytest.mark.parametrize(
    ("now", "of_now", "before", "of_before", "expected"),
    [
        (40, 100, 15, 100, True),
        (20, 100, 15, 100, False),
        (10, 19, 0, 100, False),
        (0, 100, 0, 100, False),
        (0, 0, 0, 0, False),
    ],
)
def test_shares_differ_only_beyond_chance(
    now: int, of_now: int, before: int, of_before: int, expected: bool
) -> None:
    assert shares_differ(now, of_now, before, of_before) is expected


def test_means_differ_only_beyond_chance() -> None:
    assert means_differ(sample(*[2, 3] * 30), sample(*[4, 5] * 30))
    assert not means_differ(sample(*[4, 5] * 30), sample(*[4, 5, 4, 4, 5] * 12))
    assert not means_differ(sample(1), sample(*[5] * 30))


def test_equal_clinics_seldom_differ() -> None:
    """Draw two periods from the same clinic: hardly any pair may look like a change."""
    chance = random.Random(7)  # noqa: S311 - the same draws every time
    pairs = 2_000

    def ratings() -> Sample:
        return sample(*chance.choices((1, 2, 3, 4, 5), (5, 5, 10, 30, 50), k=60))

    def named() -> int:
        return sum(chance.random() < 0.2 for _ in range(60))

    means = sum(means_differ(ratings(), ratings()) for _ in range(pairs))
    shares = sum(shares_differ(named(), 60, named(), 60) for _ in range(pairs))

    assert means < 0.02 * pairs
    assert shares < 0.02 * pairs
