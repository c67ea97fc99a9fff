"""NPS and average rating over time: a line that is interrupted where nobody rated."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights.charts.frame import DASH, Frame, across, down, format_number, render_chart
from insights.figures import NPS_SCALE
from insights.periods import PeriodStep
from insights.reading import SeriesPoint

# In pixels from the top, and in per cent of the width with room for the scale on the left.
TOP, BOTTOM, HEIGHT = 34, 204, 232
LEFT, RIGHT = 9.0, 98.0
MAX_DATES = 7

Format = Callable[[float], str]


@dataclass(frozen=True)
class Scale:
    ticks: tuple[float, ...]

    @property
    def ground(self) -> float:
        """The tick that areas are filled down to: zero if it is on the scale, else the lowest."""
        return max(0.0, self.ticks[0])

    def y(self, value: float) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return BOTTOM - (value - low) / (high - low) * (BOTTOM - TOP)


@dataclass(frozen=True)
class Dot:
    """A point of the series that has a value."""

    left: float
    top: float
    tip: str

    @property
    def x(self) -> str:
        return across(self.left)

    @property
    def y(self) -> str:
        return down(self.top)


Run = list[Dot]


@dataclass(frozen=True)
class LineSeries:
    """What a line shows: a value for each point, or None where nobody rated."""

    points: Sequence[SeriesPoint]
    values: Sequence[float | None]
    scale: Scale
    format_value: Format

    @property
    def known_values(self) -> list[float]:
        return [value for value in self.values if value is not None]


@dataclass(frozen=True)
class Rule:
    """A horizontal line of the scale with its number."""

    y: str
    label_y: str
    label: str
    is_ground: bool


@dataclass(frozen=True)
class DateLabel:
    x: str
    label: str
    is_second: bool  # every other label is left out on a phone


@dataclass(frozen=True)
class LastValue:
    dot: Dot
    value: str
    value_y: str


@dataclass(frozen=True)
class LineDrawing:
    rules: Sequence[Rule]
    dates: Sequence[DateLabel]
    runs: Sequence[Run]
    areas: Sequence[str]  # these three are paths
    bridges: Sequence[str]
    lines: Sequence[str]
    last: LastValue | None
    nothing: str  # shown instead when nobody rated
    left: str = across(LEFT)
    right: str = across(RIGHT)
    label_right: str = across(LEFT - 1.5)
    top: int = TOP
    bottom: int = BOTTOM
    height: int = HEIGHT
    plot_height: int = BOTTOM - TOP
    tip_y: int = TOP - 12
    date_y: int = BOTTOM + 20
    middle: str = down((TOP + BOTTOM) / 2)


def render_nps_chart(points: Sequence[SeriesPoint]) -> SafeString:
    values = [point.figures.nps for point in points]
    has_negative = any(value is not None and value < 0 for value in values)
    scale = Scale((-100, -50, 0, 50, 100) if has_negative else (0, 25, 50, 75, 100))
    return _render_line(
        LineSeries(points, values, scale, format_number),
        title=_("NPS over time"),
        heading="NPS",
        note=str(NPS_SCALE),
    )


def render_average_chart(points: Sequence[SeriesPoint]) -> SafeString:
    values = [point.figures.average for point in points]
    series = LineSeries(
        points, values, Scale((1, 2, 3, 4, 5)), lambda value: format_number(value, 1)
    )
    return _render_line(series, title=_("Average rating over time"), heading=_("Average"))


def render_sparkline(points: Sequence[SeriesPoint]) -> SafeString:
    """Draw the shape of the NPS without a scale, to be shown beside its number."""
    values = [point.figures.nps for point in points]
    known = [value for value in values if value is not None]
    if not known:
        return SafeString("")
    scale = Scale((min(known) - 1, max(known) + 1))
    dots = _place_dots(LineSeries(points, values, scale, format_number), left=2, right=98)
    context = {
        "line": _line_path([dot for dot in dots if dot]),
        "top": TOP - 8,
        "height": BOTTOM - TOP + 16,
        "description": _("From %(first)s to %(last)s")
        % {"first": format_number(known[0]), "last": format_number(known[-1])},
    }
    return render_to_string("insights/charts/sparkline.svg", context)


def _render_line(series: LineSeries, *, title: str, heading: str, note: str = "") -> SafeString:
    """Render the line with its scale, and the same values as a table for who cannot see it."""
    description = _describe_values(series)
    frame = Frame(
        title=title,
        description=description,
        height=HEIGHT,
        headings=[_("When"), heading, _("Ratings")],
        rows=[
            _table_row(point, value, series.format_value)
            for point, value in zip(series.points, series.values, strict=True)
        ],
        css_class="chart-lines",
        has_points=bool(series.known_values),
        note=note,
    )
    return render_chart(frame, "insights/charts/line.svg", _draw_line(series, description))


def _draw_line(series: LineSeries, description: str) -> LineDrawing:
    """Compute the drawing. The description takes the place of a line without any value."""
    dots = _place_dots(series, left=LEFT, right=RIGHT)
    runs = list(_split_at_gaps(dots))
    known = series.known_values
    last_value = series.format_value(known[-1]) if known else ""
    return LineDrawing(
        rules=[_scale_line(series.scale, tick) for tick in series.scale.ticks],
        dates=list(_date_labels(series.points)),
        runs=runs,
        areas=[_area_path(run, series.scale) for run in runs],
        bridges=[_line_path([before[-1], after[0]]) for before, after in pairwise(runs)],
        lines=[_line_path(run) for run in runs],
        last=_last_value([dot for dot in dots if dot], last_value) if known else None,
        nothing="" if known else description,
    )


def _describe_values(series: LineSeries) -> str:
    values = series.known_values
    if not values:
        return _("Nobody rated in this time.")
    return _("From %(low)s to %(high)s, at last %(last)s.") % {
        "low": series.format_value(min(values)),
        "high": series.format_value(max(values)),
        "last": series.format_value(values[-1]),
    }


def _table_row(
    point: SeriesPoint, value: float | None, format_value: Format
) -> tuple[str, str, str]:
    shown = DASH if value is None else format_value(value)
    return _step_name(point), shown, format_number(point.figures.rated)


def _step_name(point: SeriesPoint) -> str:
    """Name a day by its date, a week by its first day, a month by its name and year."""
    match point.step:
        case PeriodStep.DAY:
            return date_format(point.start, "DATE_FORMAT")
        case PeriodStep.WEEK:
            return _("Week of %(day)s") % {"day": date_format(point.start, "SHORT_DATE_FORMAT")}
        case PeriodStep.MONTH:
            return date_format(point.start, "YEAR_MONTH_FORMAT")


def _short_date(start: date, step: PeriodStep) -> str:
    return date_format(start, "M" if step is PeriodStep.MONTH else "j b")


def _place_dots(series: LineSeries, *, left: float, right: float) -> list[Dot | None]:
    """Return a dot for each value, from left to right, and None for each gap."""
    dots: list[Dot | None] = []
    for index, (point, value) in enumerate(zip(series.points, series.values, strict=True)):
        if value is None:
            dots.append(None)
            continue
        x = _horizontal_position(index, len(series.points), left, right)
        tip = _tooltip(point, series.format_value(value))
        dots.append(Dot(x, series.scale.y(value), tip))
    return dots


def _horizontal_position(index: int, count: int, left: float, right: float) -> float:
    """Spread the points evenly from left to right. A single one is in the middle."""
    return left + (right - left) * (index / (count - 1) if count > 1 else 0.5)


def _tooltip(point: SeriesPoint, value: str) -> str:
    count = point.figures.rated
    ratings = ngettext("%(many)s rating", "%(many)s ratings", count) % {
        "many": format_number(count)
    }
    return f"{_step_name(point)}: {value} · {ratings}"


def _split_at_gaps(dots: Sequence[Dot | None]) -> Iterator[Run]:
    """Yield the dots between two gaps. The line is interrupted at a gap, where nobody rated."""
    run: Run = []
    for dot in [*dots, None]:
        if dot:
            run.append(dot)
        elif run:
            yield run
            run = []


def _line_path(run: Run) -> str:
    return " ".join(
        f"{'L' if index else 'M'}{dot.left:.2f} {dot.top:.1f}" for index, dot in enumerate(run)
    )


def _area_path(run: Run, scale: Scale) -> str:
    ground = scale.y(scale.ground)
    line = " ".join(f"L{dot.left:.2f} {dot.top:.1f}" for dot in run)
    return f"M{run[0].left:.2f} {ground:.1f} {line} L{run[-1].left:.2f} {ground:.1f} Z"


def _scale_line(scale: Scale, tick: float) -> Rule:
    y = scale.y(tick)
    return Rule(down(y), down(y + 4), format_number(tick), is_ground=tick == scale.ground)


def _date_labels(points: Sequence[SeriesPoint]) -> Iterator[DateLabel]:
    """Label every n-th point, and not one that is too near to the right edge."""
    every = max(1, -(-len(points) // MAX_DATES))
    for index in range(0, max(len(points) - every // 2, 0), every):
        yield DateLabel(
            across(_horizontal_position(index, len(points), LEFT, RIGHT)),
            _short_date(points[index].start, points[index].step),
            is_second=index // every % 2 == 1,
        )


def _last_value(dots: Sequence[Dot], value: str) -> LastValue:
    """Place the last value above or below its dot, on the side where the line is not."""
    dot = dots[-1]
    comes_from_above = len(dots) > 1 and dots[-2].top < dot.top
    is_below = dot.top < TOP + 24 or (comes_from_above and dot.top < BOTTOM - 24)
    return LastValue(dot, value, down(dot.top + 22 if is_below else dot.top - 12))
