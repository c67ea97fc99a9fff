"""NPS and the average rating over time: a line with a gap wherever nobody rated."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights.charts.drawing import NONE, across, element, frame, joined, number, point, text
from insights.figures import NPS_SCALE
from insights.periods import PeriodStep
from insights.reading import SeriesPoint

# In pixels from the top; and in per cent of the width, with room for the scale on the left.
TOP, BOTTOM, HEIGHT = 34, 204, 232
LEFT, RIGHT = 9.0, 98.0
LABELS_AT_MOST = 7


@dataclass(frozen=True)
class Scale:
    ticks: tuple[float, ...]

    def y(self, value: float) -> float:
        low, high = self.ticks[0], self.ticks[-1]
        return BOTTOM - (value - low) / (high - low) * (BOTTOM - TOP)


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    tip: str


def nps_over_time(points: Sequence[SeriesPoint]) -> SafeString:
    values = [one.figures.nps for one in points]
    below_zero = any(value is not None and value < 0 for value in values)
    scale = Scale((-100, -50, 0, 50, 100) if below_zero else (0, 25, 50, 75, 100))
    return _line(
        points,
        values,
        scale,
        title=_("NPS over time"),
        heading="NPS",
        said=number,
        note=str(NPS_SCALE),
    )


def average_over_time(points: Sequence[SeriesPoint]) -> SafeString:
    return _line(
        points,
        [one.figures.average for one in points],
        Scale((1, 2, 3, 4, 5)),
        title=_("Average rating over time"),
        heading=_("Average"),
        said=lambda value: number(value, 1),
    )


def sparkline(points: Sequence[SeriesPoint]) -> SafeString:
    """NPS without a scale, to stand beside its number: the shape alone."""
    known = [one.figures.nps for one in points if one.figures.nps is not None]
    if not known:
        return SafeString("")
    scale = Scale((min(known) - 1, max(known) + 1))
    dots = _dots(points, [one.figures.nps for one in points], scale, number, left=2, right=98)
    told = _("From %(first)s to %(last)s") % {"first": number(known[0]), "last": number(known[-1])}
    return element(
        "svg",
        _path([dot for dot in dots if dot], "chart-line"),
        class_="sparkline",
        viewBox=f"0 {TOP - 8} 100 {BOTTOM - TOP + 16}",
        preserveAspectRatio="none",
        role="img",
        aria_label=told,
    )


def _line(
    points: Sequence[SeriesPoint],
    values: Sequence[float | None],
    scale: Scale,
    *,
    title: str,
    heading: str,
    said: Callable[[float], str],
    note: str = "",
) -> SafeString:
    dots = _dots(points, values, scale, said, left=LEFT, right=RIGHT)
    known = [
        (value, dot) for value, dot in zip(values, dots, strict=True) if value is not None and dot
    ]
    told = _("Nobody rated in this time.")
    if known:
        told = _("From %(low)s to %(high)s, at last %(last)s.") % {
            "low": said(min(value for value, _dot in known)),
            "high": said(max(value for value, _dot in known)),
            "last": said(known[-1][0]),
        }
    drawing = joined(
        [
            *(_rule(scale, tick) for tick in scale.ticks),
            *_dates(points),
            element(
                "svg",
                *(_area(run, scale) for run in _runs(dots)),
                *(_path(pair, "chart-bridge") for pair in _gaps(dots)),
                *(_path(run, "chart-line") for run in _runs(dots)),
                viewBox=f"0 0 100 {HEIGHT}",
                preserveAspectRatio="none",
                width="100%",
                height=HEIGHT,
                aria_hidden="true",
            ),
            *(_shown(dot, is_alone=len(run) == 1) for run in _runs(dots) for dot in run),
            *([_last([dot for _value, dot in known], said(known[-1][0]))] if known else []),
            *([] if known else [_nothing(told)]),
        ]
    )
    return frame(
        drawing=drawing,
        height=HEIGHT,
        title=title,
        told=told,
        headings=[_("When"), heading, _("Ratings")],
        rows=[
            (
                named(one),
                NONE if value is None else said(value),
                number(one.figures.rated),
            )
            for one, value in zip(points, values, strict=True)
        ],
        class_="chart-lines",
        has_points=bool(known),
        note=note,
    )


def named(point: SeriesPoint) -> str:
    """A day, a week by its first day, a month by its name."""
    match point.step:
        case PeriodStep.DAY:
            return date_format(point.start, "DATE_FORMAT")
        case PeriodStep.WEEK:
            return _("Week of %(day)s") % {"day": date_format(point.start, "SHORT_DATE_FORMAT")}
        case PeriodStep.MONTH:
            return date_format(point.start, "YEAR_MONTH_FORMAT")


def _short(start: date, step: PeriodStep) -> str:
    return date_format(start, "M" if step is PeriodStep.MONTH else "j b")


def _dots(
    points: Sequence[SeriesPoint],
    values: Sequence[float | None],
    scale: Scale,
    said: Callable[[float], str],
    *,
    left: float,
    right: float,
) -> list[Dot | None]:
    return [
        None
        if value is None
        else Dot(_x(place, len(points), left, right), scale.y(value), _tip(one, said(value)))
        for place, (one, value) in enumerate(zip(points, values, strict=True))
    ]


def _x(place: int, of: int, left: float, right: float) -> float:
    return left + (right - left) * (place / (of - 1) if of > 1 else 0.5)


def _tip(point: SeriesPoint, value: str) -> str:
    many = point.figures.rated
    ratings = ngettext("%(many)s rating", "%(many)s ratings", many) % {"many": number(many)}
    return f"{named(point)}: {value} · {ratings}"


def _runs(dots: Sequence[Dot | None]) -> Iterator[list[Dot]]:
    """What lies between two gaps."""
    run: list[Dot] = []
    for dot in [*dots, None]:
        if dot:
            run.append(dot)
        elif run:
            yield run
            run = []


def _gaps(dots: Sequence[Dot | None]) -> Iterator[list[Dot]]:
    """The last dot before a gap and the first after it."""
    for before, after in pairwise(_runs(dots)):
        yield [before[-1], after[0]]


def _path(run: list[Dot], class_: str) -> SafeString:
    line = " ".join(
        f"{'L' if place else 'M'}{dot.x:.2f} {dot.y:.1f}" for place, dot in enumerate(run)
    )
    return element("path", d=line, class_=class_, vector_effect="non-scaling-stroke")


def _area(run: list[Dot], scale: Scale) -> SafeString:
    base = scale.y(max(0.0, scale.ticks[0]))
    line = " ".join(f"L{dot.x:.2f} {dot.y:.1f}" for dot in run)
    return element(
        "path",
        d=f"M{run[0].x:.2f} {base:.1f} {line} L{run[-1].x:.2f} {base:.1f} Z",
        class_="chart-area",
    )


def _rule(scale: Scale, tick: float) -> SafeString:
    y, is_ground = scale.y(tick), tick == max(0, scale.ticks[0])
    return joined(
        [
            element(
                "line",
                x1=across(LEFT),
                x2=across(RIGHT),
                y1=y,
                y2=y,
                class_="chart-ground" if is_ground else "chart-rule",
            ),
            text(
                number(tick), x=across(LEFT - 1.5), y=y + 4, class_="chart-tick", text_anchor="end"
            ),
        ]
    )


def _dates(points: Sequence[SeriesPoint]) -> Iterator[SafeString]:
    every = max(1, -(-len(points) // LABELS_AT_MOST))
    for place in range(0, max(len(points) - every // 2, 0), every):
        is_second = place // every % 2 == 1
        yield text(
            _short(points[place].start, points[place].step),
            x=across(_x(place, len(points), LEFT, RIGHT)),
            y=BOTTOM + 20,
            class_="chart-tick chart-tick-second" if is_second else "chart-tick",
            text_anchor="middle",
        )


def _shown(dot: Dot, *, is_alone: bool) -> SafeString:
    """A wide target for the pointer, a small dot for the eye; its words stand on top, on the left,
    where they have room on a phone as well."""
    x = across(dot.x)
    return point(
        dot.tip,
        element(
            "rect",
            x=x,
            y=TOP,
            width="24",
            height=BOTTOM - TOP,
            transform="translate(-12 0)",
            class_="chart-target",
        ),
        element("line", x1=x, x2=x, y1=TOP, y2=BOTTOM, class_="chart-plumb"),
        element("circle", cx=x, cy=dot.y, r=4, class_="chart-dot"),
        text(dot.tip, x="0", y=TOP - 12, class_="chart-tip"),
        class_="chart-point chart-alone" if is_alone else "chart-point",
    )


def _last(dots: Sequence[Dot], value: str) -> SafeString:
    """Where things stand now, without pointing at anything; on the side that the line leaves."""
    dot = dots[-1]
    comes_from_above = len(dots) > 1 and dots[-2].y < dot.y
    is_below = dot.y < TOP + 24 or (comes_from_above and dot.y < BOTTOM - 24)
    return element(
        "g",
        element("circle", cx=across(dot.x), cy=dot.y, r=4.5, class_="chart-last"),
        text(
            value,
            x=across(dot.x),
            y=dot.y + 22 if is_below else dot.y - 12,
            class_="chart-value",
            text_anchor="end",
            dx=6,
        ),
        aria_hidden="true",
        class_="chart-now",
    )


def _nothing(words: str) -> SafeString:
    return text(words, x="50%", y=(TOP + BOTTOM) / 2, class_="chart-nothing", text_anchor="middle")
