"""The averages of the last quarters, for the trend of a public report."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from insights import periods, reading
from insights.figures import Figures
from insights.filters import Filters
from insights.periods import Period, PeriodStep
from workspaces.models import Workspace

SHOWN = 8
MONTHS = 3
# The trend's frame, in the units of its SVG. Every trend has the whole scale from 1 to 5 stars, so
# that a small change never looks large.
WIDTH, TOP, BOTTOM, MARGIN = 320, 24, 104, 40


@dataclass(frozen=True)
class Quarter:
    year: int
    number: int
    average: float
    rated: int


@dataclass(frozen=True)
class TrendPoint:
    quarter: Quarter
    x: int
    y: int


def read_quarters(workspace: Workspace, *, practice: UUID) -> Sequence[Quarter]:
    """Return the quarters of two years that have enough ratings, the oldest first."""
    today = periods.latest_local_date(workspace)
    points = reading.read_series(
        workspace,
        Period(_first_month(today), today),
        Filters(practice=practice),
        visible_to=None,
        step=PeriodStep.MONTH,
    )
    sums: dict[tuple[int, int], Figures] = defaultdict(Figures)
    for point in points:
        sums[point.start.year, _quarter_of(point.start)] += point.figures
    return [
        Quarter(year, number, round(figures.average or 0, 1), figures.rated)
        for (year, number), figures in sorted(sums.items())
        if figures.is_drawable
    ]


def place_points(quarters: Sequence[Quarter]) -> list[TrendPoint]:
    """Return where each average is drawn. One value is no trend, so there is nothing to draw."""
    if len(quarters) < 2:  # noqa: PLR2004
        return []
    first = _index(quarters[0])
    span = _index(quarters[-1]) - first
    return [
        TrendPoint(
            quarter,
            x=round(MARGIN + (WIDTH - 2 * MARGIN) * (_index(quarter) - first) / span),
            y=round(BOTTOM - (BOTTOM - TOP) * (quarter.average - 1) / 4),
        )
        for quarter in quarters
    ]


def _first_month(today: date) -> date:
    start = today.year * 4 + _quarter_of(today) - 1 - (SHOWN - 1)
    return date(start // 4, start % 4 * MONTHS + 1, 1)


def _quarter_of(day: date) -> int:
    return (day.month - 1) // MONTHS + 1


def _index(quarter: Quarter) -> int:
    return quarter.year * 4 + quarter.number
