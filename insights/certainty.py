"""How far chance alone may move a mean or a share, so that pages do not report noise as change.

Every formula adds a few imagined answers on both sides first. Without them twenty equal ratings
would have no uncertainty at all, and a page would show an arrow for one different answer.
"""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from insights.figures import FEW_ANSWERS, FEWEST_DRAWN, Figures

Interval = tuple[float, float]

LOWEST, HIGHEST = 1, 5
DETRACTOR, PROMOTER = -1, 1
# Normal quantiles. A page compares up to eleven topics twice, so a change must be clearer than an
# interval: at 95 % almost every page would have an arrow that means nothing.
OF_95_PERCENT = 1.96
OF_99_PERCENT = 2.576
MISTAKEN_SETS = 0.05
# With fewer events before and after, taken together, rates are not compared.
FEWEST_EVENTS = 10


@dataclass(frozen=True)
class Sample:
    """Ratings as sums, so that they come from one row of SQL. They are between two bounds."""

    count: int
    total: int
    squares: int
    lowest: int = LOWEST
    highest: int = HIGHEST

    @property
    def mean(self) -> float | None:
        return self.total / self.count if self.count else None

    @property
    def squared_error(self) -> float:
        """The variance of the mean, with one rating of 1 and one of 5 added."""
        count = self.count + 2
        total = self.total + self.lowest + self.highest
        squares = self.squares + self.lowest**2 + self.highest**2
        return (squares - total * total / count) / (count - 1) / count


def ratings_of(figures: Figures) -> Sample:
    counts = list(enumerate(figures.ratings, 1))
    return Sample(
        count=figures.rated,
        total=sum(stars * count for stars, count in counts),
        squares=sum(stars**2 * count for stars, count in counts),
    )


def promoters_of(figures: Figures) -> Sample:
    """Return a sample whose mean is a hundredth of the NPS."""
    return Sample(
        count=figures.rated,
        total=figures.promoters - figures.detractors,
        squares=figures.promoters + figures.detractors,
        lowest=DETRACTOR,
        highest=PROMOTER,
    )


def mean_interval(sample: Sample, *, fewest: int = FEW_ANSWERS) -> Interval | None:
    """Return where the mean of many more ratings would be, in 95 of 100 cases; None if too few.

    Charts show it from `FEWEST_DRAWN` on, where it is wide: a test draws samples to see that it is
    wide enough.
    """
    if sample.count < fewest or sample.mean is None:
        return None
    margin = OF_95_PERCENT * sqrt(sample.squared_error)
    return max(sample.lowest, sample.mean - margin), min(sample.highest, sample.mean + margin)


def average_interval(figures: Figures) -> Interval | None:
    return mean_interval(ratings_of(figures), fewest=FEWEST_DRAWN)


def nps_interval(figures: Figures) -> Interval | None:
    interval = mean_interval(promoters_of(figures), fewest=FEWEST_DRAWN)
    return (interval[0] * 100, interval[1] * 100) if interval else None


def mean_shift(now: Sample, before: Sample) -> float | None:
    """Return how far the mean has moved, in standard errors; None if there are too few ratings."""
    if now.mean is None or before.mean is None or min(now.count, before.count) < FEW_ANSWERS:
        return None
    return (now.mean - before.mean) / sqrt(now.squared_error + before.squared_error)


def share_shift(now: int, of_now: int, before: int, of_before: int) -> float | None:
    """The same for two shares, by Agresti and Caffo: one hit and one miss added to each."""
    if min(of_now, of_before) < FEW_ANSWERS:
        return None
    share, share_before = (now + 1) / (of_now + 2), (before + 1) / (of_before + 2)
    error = sqrt(
        share * (1 - share) / (of_now + 2) + share_before * (1 - share_before) / (of_before + 2)
    )
    return (share - share_before) / error


def means_differ(now: Sample, before: Sample) -> bool:
    """Return whether chance alone explains the difference in less than one of 100 cases."""
    return abs(mean_shift(now, before) or 0) > OF_99_PERCENT


def shares_differ(now: int, of_now: int, before: int, of_before: int) -> bool:
    return abs(share_shift(now, of_now, before, of_before) or 0) > OF_99_PERCENT


def rate_interval(count: int, time: float) -> Interval:
    """Return where the rate of events is, in at least 95 of 100 cases, by Byar's approximation.

    The events are taken to come by chance and one by one (Poisson). `time` has the unit of the
    rate, so that 12 events in 6 months are 2 a month.
    """
    return _byar(count, -OF_95_PERCENT) / time, _byar(count + 1, OF_95_PERCENT) / time


def _byar(count: int, quantile: float) -> float:
    if not count:
        return 0
    return float(count * (1 - 1 / (9 * count) + quantile / (3 * sqrt(count))) ** 3)


def rates_differ(now: int, time_now: float, before: int, time_before: float) -> bool:
    """Return whether chance alone explains two rates in less than one of 100 cases.

    The square roots of counts vary alike whatever the counts are, so they can be compared where
    one of them is small (Gu, Ng, Tang and Schucany, 2008).
    """
    if now + before < FEWEST_EVENTS:
        return False
    ratio = time_now / time_before
    shift = 2 * (sqrt(now + 3 / 8) - sqrt((before + 3 / 8) * ratio)) / sqrt(1 + ratio)
    return abs(shift) > OF_99_PERCENT


def clear_shift_among(comparisons: int) -> float:
    """Return the shift that chance exceeds anywhere in 5 of 100 such sets of comparisons.

    Who picks the clearest of a hundred comparisons finds one that is beyond 99 % almost every day.
    """
    return NormalDist().inv_cdf(1 - MISTAKEN_SETS / 2 / comparisons)
