"""Generated series: nothing is lost by longer steps, and no thin step is part of a line."""

import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from insights import charts, granularity
from insights.charts.lines import LEFT, RIGHT
from insights.figures import FEWEST_DRAWN, Figures
from insights.filters import EVERYTHING
from insights.periods import Period, PeriodStep
from insights.scope import Scope
from insights.series import SeriesPoint, build_series, join_days

FIRST = date(2026, 3, 4)
# A few days again and again: long lists of numbers take long to generate.
COUNTS = st.builds(
    lambda days, times: (days * times)[:190],
    st.lists(st.integers(0, 12), min_size=1, max_size=12),
    st.integers(1, 20),
)


def days_with(*counts: int) -> tuple[list[SeriesPoint], Scope]:
    """Return a series of days with so many ratings each."""
    scope = Scope(Period(FIRST, FIRST + timedelta(days=len(counts) - 1)), EVERYTHING)
    now = {
        FIRST + timedelta(days=day): Figures(rated_5=count // 2, rated_2=count - count // 2)
        for day, count in enumerate(counts)
    }
    return build_series(now, {}, scope, PeriodStep.DAY), scope


def fitted_step(*counts: int) -> PeriodStep:
    days, scope = days_with(*counts)
    return granularity.fit_steps(days, scope)[0].step


@pytest.mark.parametrize(
    ("counts", "step"),
    [
        ([5] * 30, PeriodStep.DAY),
        ([4] * 30, PeriodStep.WEEK),
        ([5] * 22 + [4] * 8, PeriodStep.WEEK),
        ([5] * 23 + [4] * 7, PeriodStep.DAY),  # three quarters of them
        ([9, 9, 9, 9, 9, 0, 0] * 4, PeriodStep.DAY),  # closed at the weekend
        ([0] * 30, PeriodStep.DAY),
        ([1] * 7, PeriodStep.DAY),  # weeks would be one or two points
        ([1] * 90, PeriodStep.WEEK),
        ([1, 0, 0] * 30, PeriodStep.MONTH),
        ([1] + [0] * 60, PeriodStep.WEEK),  # months would be two or three points
    ],
)
def test_step_is_the_finest_with_enough_ratings(counts: list[int], step: PeriodStep) -> None:
    assert fitted_step(*counts) == step


@given(COUNTS)
def test_no_rating_is_lost_by_longer_steps(counts: list[int]) -> None:
    days, scope = days_with(*counts)
    points = granularity.fit_steps(days, scope)

    assert sum(point.figures.rated for point in points) == sum(counts)
    for point in points:
        assert point.scope
        offset = (point.scope.period.first - FIRST).days
        assert point.figures.rated == sum(counts[offset : offset + point.scope.period.days])


@given(COUNTS)
def test_no_finer_step_would_do(counts: list[int]) -> None:
    days, scope = days_with(*counts)
    points = granularity.fit_steps(days, scope)
    possible = granularity.possible_steps(scope.period)

    if not granularity.has_enough_ratings(points):
        assert points[0].step == possible[-1]
    for finer in possible[: possible.index(points[0].step)]:
        joined = join_days(days, scope, finer)
        assert not granularity.has_enough_ratings(joined)


@settings(deadline=None)  # the first one loads the templates
@given(
    st.lists(st.integers(0, 12), min_size=2, max_size=20),
    st.lists(st.integers(0, 12), min_size=2, max_size=20),
)
def test_no_step_under_the_threshold_is_in_a_line(now: list[int], before: list[int]) -> None:
    now, before = now[: len(before)], before[: len(now)]
    points = [
        SeriesPoint(FIRST + timedelta(days=day), PeriodStep.DAY, Figures(rated_5=count), ghost)
        for day, (count, ghost) in enumerate(
            zip(now, [Figures(rated_1=count) for count in before], strict=True)
        )
    ]
    drawn = charts.render_average_chart(points)

    assert drawn_steps(drawn, "chart-line", len(now)) == runs_of(now)
    assert drawn_steps(drawn, "chart-ghost", len(now)) == runs_of(before)
    assert drawn.count('chart-thin"') == sum(0 < count < FEWEST_DRAWN for count in now)


def runs_of(counts: list[int]) -> list[list[int]]:
    """Return the indices of neighbours with enough ratings, found by hand."""
    runs: list[list[int]] = [[]]
    for index, count in enumerate(counts):
        if count >= FEWEST_DRAWN:
            runs[-1].append(index)
        else:
            runs.append([])
    return [run for run in runs if run]


def drawn_steps(drawn: str, css_class: str, count: int) -> list[list[int]]:
    """Return the indices of the steps that a path connects, a list for each of its parts."""
    root = ElementTree.fromstring(drawn)  # noqa: S314 - we rendered it
    paths = [node.get("d", "") for node in root.iter() if node.get("class") == css_class]
    parts = [part for path in paths for part in path.split("M") if part]
    width = (RIGHT - LEFT) / (count - 1)
    return [
        [round((float(x) - LEFT) / width) for x in re.findall(r"([\d.]+) [\d.]+", part)]
        for part in parts
    ]
