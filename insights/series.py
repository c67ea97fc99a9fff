"""Figures over time: a point for each day, week or month of a period."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from insights.figures import Figures
from insights.periods import PeriodStep, next_start, start_of
from insights.scope import Scope

NOTHING = Figures()
FiguresByStart = Mapping[date, Figures]


@dataclass(frozen=True)
class SeriesPoint:
    """One step of a series. Its `start` may be before the first day of the period.

    `before` has the figures of the same days of the period before: of the tenth day there, if this
    is the tenth day here. `scope` names the ratings behind `figures`.
    """

    start: date
    step: PeriodStep
    figures: Figures
    before: Figures = NOTHING
    scope: Scope | None = None

    @property
    def last(self) -> date:
        """The last day of the step. It may be after that of the period."""
        return next_start(self.start, self.step) - timedelta(days=1)


def build_series(
    now: FiguresByStart, before: FiguresByStart, scope: Scope, step: PeriodStep
) -> list[SeriesPoint]:
    """Return a point for every step. Where nobody was asked, all of its figures are zero."""
    return [
        SeriesPoint(
            start,
            step,
            now.get(start, NOTHING),
            before.get(start, NOTHING),
            scope.of_days(start, next_start(start, step) - timedelta(days=1)),
        )
        for start in scope.period.starts(step)
    ]


def join_days(days: Sequence[SeriesPoint], scope: Scope, step: PeriodStep) -> list[SeriesPoint]:
    """Add up a series of days to weeks or months."""
    now: dict[date, Figures] = defaultdict(Figures)
    before: dict[date, Figures] = defaultdict(Figures)
    for day in days:
        now[start_of(day.start, step)] += day.figures
        before[start_of(day.start, step)] += day.before
    return build_series(now, before, scope, step)
