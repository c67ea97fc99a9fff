"""The two pictures of a report, as values: the trend of two years, and how many gave which rating.

Averages are drawn as on the pages: on the same scale, only where there are enough ratings, and
with the same interval. The template draws, and computes nothing.
"""

from collections.abc import Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from insights.charts.measures import AVERAGE
from insights.figures import Figures
from insights.month.pdf.document import Bar, Bars, Trend, TrendPoint
from insights.series import SeriesPoint
from insights.templatetags.figures import dash, percent

MONTHS_DRAWN = 12
MAX_STARS = 5


def draw_trend(series: Sequence[SeriesPoint]) -> Trend | None:
    """Draw the last year of a series of two years. Return None if there are not two averages."""
    pairs = list(zip(series[-MONTHS_DRAWN:], series[:MONTHS_DRAWN], strict=True))
    points = [_point(now, before) for now, before in pairs]
    start = next((n for n, point in enumerate(points) if point.is_drawn), 0)
    points, shown = points[start:], [now for now, _before in pairs[start:]]
    known = [point for point in points if point.value is not None]
    if len(known) < 2:  # noqa: PLR2004 - a line has two ends
        return None
    has_before = any(point.before is not None for point in points)
    names = [date_format(point.start, "YEAR_MONTH_FORMAT") for point in shown]
    values = [f"{name}: {point.shown}" for name, point in zip(names, points, strict=True)]
    return Trend(
        heading=_("Average rating by month"),
        description=f"{_('Average rating by month')}. {'; '.join(values)}.",
        note=_(
            "A month with fewer than five ratings is left out. A band shows how far chance alone "
            "may have moved an average."
        ),
        points=points,
        ticks=[(float(tick), dash(tick)) for tick in AVERAGE.ticks],
        legend=_("%(first)s to %(last)s") % {"first": names[0], "last": names[-1]},
        legend_before=_("The same months a year before") if has_before else "",
    )


def draw_bars(now: Figures, before: Figures | None, *, before_name: str = "") -> Bars | None:
    """Draw the shares of the five ratings, with a mark where they were the month before."""
    if not now.rated:
        return None
    marks: Sequence[float | None] = [None] * MAX_STARS
    if before and before.is_drawable:
        marks = [many / before.rated for many in before.ratings]
    bars = [
        Bar(dash(stars), many / now.rated, f"{dash(many)} · {percent(many / now.rated)}", mark)
        for stars, many, mark in zip(range(1, MAX_STARS + 1), now.ratings, marks, strict=True)
    ][::-1]
    lines = [_describe_bar(stars, now) for stars in range(MAX_STARS, 0, -1)]
    note = _("The mark is the share in %(month)s.") % {"month": before_name}
    return Bars(
        heading=_("How patients rated"),
        description=f"{_('How patients rated')}. {'; '.join(lines)}.",
        note=note if marks[0] is not None else "",
        bars=bars,
    )


def _point(now: SeriesPoint, before: SeriesPoint) -> TrendPoint:
    average = _average(now.figures)
    low, high = AVERAGE.interval(now.figures) or (None, None)
    return TrendPoint(
        label=date_format(now.start, "M"),
        value=average,
        shown=dash(average, 1),
        low=low,
        high=high,
        before=_average(before.figures),
    )


def _average(figures: Figures) -> float | None:
    return figures.average if figures.is_drawable else None


def _describe_bar(stars: int, figures: Figures) -> str:
    many = figures.ratings[stars - 1]
    return _("%(stars)s of 5: %(many)s") % {"stars": dash(stars), "many": dash(many)}
