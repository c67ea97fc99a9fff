"""How long the steps of a chart are, by how many ratings there are.

A value of few ratings jumps up and down by chance. So a chart of a small clinic has weeks where
that of a large one has days.
"""

from collections.abc import Sequence

from insights.periods import MAX_DAYS_BY_DAY, MAX_DAYS_BY_WEEK, Period, PeriodStep
from insights.scope import Scope
from insights.series import SeriesPoint, join_days

# A line with a gap after every second day has no course.
ENOUGH_OF_THEM = 3 / 4
# Seven days are in one or two weeks. Two points show no course, and days at least show a spread.
FEWEST_STEPS = 4


def finest_step(period: Period) -> PeriodStep:
    """Return the step to read. Longer steps are added up from days, never from weeks."""
    return PeriodStep.DAY if period.days <= MAX_DAYS_BY_WEEK else PeriodStep.MONTH


def possible_steps(period: Period) -> list[PeriodStep]:
    """Return the steps that make a readable chart of this period, the finest first."""
    if period.days <= MAX_DAYS_BY_DAY:
        steps = [PeriodStep.DAY, PeriodStep.WEEK]
    elif period.days <= MAX_DAYS_BY_WEEK:
        steps = [PeriodStep.WEEK, PeriodStep.MONTH]
    else:
        steps = [PeriodStep.MONTH]
    finest, *longer = steps
    return [finest, *(step for step in longer if len(list(period.starts(step))) >= FEWEST_STEPS)]


def fit_steps(points: Sequence[SeriesPoint], scope: Scope) -> list[SeriesPoint]:
    """Return the series in the finest steps that are readable: most have enough ratings.

    The points have the step of `finest_step`. If all steps are too fine, the longest is taken.
    """
    fitted = list(points)
    for step in possible_steps(scope.period):
        is_read = step is finest_step(scope.period)
        fitted = list(points) if is_read else join_days(points, scope, step)
        if has_enough_ratings(fitted):
            break
    return fitted


def has_enough_ratings(points: Sequence[SeriesPoint]) -> bool:
    """Return whether most steps can be drawn, not counting those in which nobody rated."""
    rated = [point for point in points if point.figures.rated]
    drawable = sum(point.figures.is_drawable for point in rated)
    return drawable >= len(rated) * ENOUGH_OF_THEM
