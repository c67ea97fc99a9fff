"""NPS and average rating over time, with the period before and with how sure each value is.

Only steps with enough ratings are part of a line. A step with fewer is a hollow point: it can be
read, but the eye does not take it for a course.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from insights.charts import words
from insights.charts.frame import DASH, Frame, Key, across, down, format_number, render_chart
from insights.charts.measures import AVERAGE, NPS, Measure
from insights.figures import NPS_SCALE, Figures
from insights.series import SeriesPoint

# In pixels from the top, and in per cent of the width with room for the scale on the left.
TOP, BOTTOM, HEIGHT = 34, 204, 232
LEFT, RIGHT = 9.0, 98.0
MAX_DATES = 7
HALF_A_STEP = 0.8  # per cent: how wide the interval of a single point is

Place = tuple[float, float]  # per cent from the left, pixels from the top


@dataclass(frozen=True)
class Dot:
    """A point with a value. A thin one has too few ratings for the line."""

    place: Place
    value: str  # with the name of its step
    tip: str  # with the number of ratings
    label: str  # the same, and the interval, which has no room in the picture
    is_thin: bool
    link: str

    @property
    def x(self) -> str:
        return across(self.place[0])

    @property
    def y(self) -> str:
        return down(self.place[1])


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
    """The last step that has enough ratings, named, because the figure beside is of all steps."""

    dot: Dot
    words: str


@dataclass(frozen=True)
class LineDrawing:
    rules: Sequence[Rule]
    dates: Sequence[DateLabel]
    dots: Sequence[Dot]
    band: str  # these three are paths
    ghost: str
    line: str
    last: LastValue | None
    nothing: str  # shown instead when nobody rated
    left: str = across(LEFT)
    right: str = across(RIGHT)
    label_right: str = across(LEFT - 1.5)
    top: int = TOP
    height: int = HEIGHT
    plot_height: int = BOTTOM - TOP
    tip_y: int = TOP - 14
    date_y: int = BOTTOM + 20
    middle: str = down((TOP + BOTTOM) / 2)


def render_nps_chart(points: Sequence[SeriesPoint]) -> SafeString:
    return _render_line(points, NPS, title=_("NPS over time"), heading="NPS", note=str(NPS_SCALE))


def render_average_chart(points: Sequence[SeriesPoint]) -> SafeString:
    return _render_line(points, AVERAGE, title=_("Average rating over time"), heading=_("Average"))


def _render_line(
    points: Sequence[SeriesPoint], measure: Measure, *, title: str, heading: str, note: str = ""
) -> SafeString:
    """Render the lines with their scale and keys, and the same values as a table."""
    description = _describe(points, measure)
    drawing = _draw(points, measure, description)
    frame = Frame(
        title=title,
        description=description,
        height=HEIGHT,
        headings=[_("When"), heading, _("Margin of error"), _("Ratings"), _("The period before")],
        rows=[_table_row(point, measure) for point in points],
        css_class="chart-lines",
        has_points=bool(drawing.dots),
        has_links=any(dot.link for dot in drawing.dots),
        note=note,
        keys=list(_keys(points, measure, drawing)),
    )
    return render_chart(frame, "insights/charts/line.svg", drawing)


def _draw(points: Sequence[SeriesPoint], measure: Measure, description: str) -> LineDrawing:
    """Compute the drawing. The description takes the place of a line without any value."""
    dots = list(_place_dots(points, measure))
    runs = list(split_at_gaps(points, [point.figures for point in points]))
    ghosts = list(split_at_gaps(points, [point.before for point in points]))
    return LineDrawing(
        rules=[_rule(measure, tick) for tick in measure.ticks],
        dates=list(_date_labels(points)),
        dots=dots,
        band=" ".join(_band_path(run, measure) for run in runs),
        ghost=" ".join(line_path(run, measure) for run in ghosts),
        line=" ".join(line_path(run, measure) for run in runs),
        last=_last_value(dots),
        nothing="" if dots else description,
    )


def _describe(points: Sequence[SeriesPoint], measure: Measure) -> str:
    drawn = [point.figures for point in points if point.figures.is_drawable]
    if not any(point.figures.rated for point in points):
        return _("Nobody rated in this time.")
    if not drawn:
        return _("There are too few ratings for a line.")
    by_value = sorted(drawn, key=lambda figures: measure.value(figures) or 0)
    return _("From %(low)s to %(high)s, at last %(last)s.") % {
        "low": measure.words(by_value[0]),
        "high": measure.words(by_value[-1]),
        "last": measure.words(drawn[-1]),
    }


def _table_row(point: SeriesPoint, measure: Measure) -> tuple[str, ...]:
    figures = point.figures
    interval = measure.interval_words(figures)
    return (
        words.step_name(point),
        measure.words(figures),
        interval or (words.too_few() if figures.rated else DASH),
        format_number(figures.rated),
        measure.words(point.before) if point.before.is_drawable else DASH,
    )


def _keys(points: Sequence[SeriesPoint], measure: Measure, drawing: LineDrawing) -> Iterator[Key]:
    """Explain the marks that are in the drawing. The first two agree with the figures beside it."""
    now = sum((point.figures for point in points), Figures())
    before = sum((point.before for point in points), Figures())
    if not now.rated:
        return
    yield Key("now", _("This period: %(value)s") % {"value": measure.words(now)})
    if drawing.ghost:
        yield Key("before", _("The period before: %(value)s") % {"value": measure.words(before)})
    if drawing.band:
        yield Key("band", _("Margin of error (95 %)"))
    if any(dot.is_thin for dot in drawing.dots):
        yield Key("thin", words.too_few().capitalize())
    yield Key("step", words.steps_words(points[0].step))


def _place_dots(points: Sequence[SeriesPoint], measure: Measure) -> Iterator[Dot]:
    """Yield a dot for each step in which anybody rated, from left to right."""
    for index, point in enumerate(points):
        value = measure.value(point.figures)
        if value is None:
            continue
        step_value = f"{words.step_name(point)}: {measure.words(point.figures)}"
        counted, interval = words.sample(point.figures), measure.interval_words(point.figures)
        margin = f" ({interval})" if interval else ""
        yield Dot(
            place=(_across(index, len(points)), _down(measure, value)),
            value=step_value,
            tip=f"{step_value} · {counted}",
            label=f"{step_value}{margin} · {counted}",
            is_thin=not point.figures.is_drawable,
            link=point.scope.ratings_url() if point.scope else "",
        )


Run = list[tuple[float, Figures]]


def split_at_gaps(points: Sequence[SeriesPoint], drawn: Iterable[Figures]) -> Iterator[Run]:
    """Yield the figures between two steps that cannot be drawn, each with its position."""
    run: Run = []
    for index, figures in enumerate(drawn):
        if figures.is_drawable:
            run.append((_across(index, len(points)), figures))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _across(index: int, count: int) -> float:
    """Spread the points evenly from left to right. A single one is in the middle."""
    return LEFT + (RIGHT - LEFT) * (index / (count - 1) if count > 1 else 0.5)


def _down(measure: Measure, value: float) -> float:
    return BOTTOM - measure.share(value) * (BOTTOM - TOP)


def line_path(run: Run, measure: Measure) -> str:
    """Return a path. That of a single point has no length, and round ends make it a dot."""
    places = [(x, _down(measure, measure.value(figures) or 0)) for x, figures in run]
    return _path(places) if len(places) > 1 else f"{_path(places)} h0"


def _band_path(run: Run, measure: Measure) -> str:
    """Return the outline of the intervals: along their upper ends, and back along the lower."""
    upper: list[Place] = []
    lower: list[Place] = []
    for x, figures in run:
        low, high = measure.interval(figures) or (0, 0)
        for beside in (-HALF_A_STEP, HALF_A_STEP) if len(run) == 1 else (0,):
            upper.append((x + beside, _down(measure, high)))
            lower.append((x + beside, _down(measure, low)))
    return f"{_path([*upper, *lower[::-1]])} Z"


def _path(places: Iterable[Place]) -> str:
    return " ".join(
        f"{'L' if index else 'M'}{x:.2f} {y:.1f}" for index, (x, y) in enumerate(places)
    )


def _rule(measure: Measure, tick: float) -> Rule:
    y = _down(measure, tick)
    is_ground = tick == max(0, measure.ticks[0])
    return Rule(down(y), down(y + 4), format_number(tick), is_ground)


def _date_labels(points: Sequence[SeriesPoint]) -> Iterator[DateLabel]:
    """Label every n-th point, and not one that is too near to the right edge."""
    every = max(1, -(-len(points) // MAX_DATES))
    for index in range(0, max(len(points) - every // 2, 0), every):
        yield DateLabel(
            across(_across(index, len(points))),
            words.axis_label(points[index]),
            is_second=index // every % 2 == 1,
        )


def _last_value(dots: Sequence[Dot]) -> LastValue | None:
    solid = [dot for dot in dots if not dot.is_thin]
    return LastValue(solid[-1], solid[-1].value) if solid else None
