"""When patients answer: a field of weekdays and hours, darker where more of them do."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights.charts.frame import Frame, across, format_number, render_chart
from insights.reading import HourCounts
from insights.scope import Scope

# Horizontally in per cent, vertically in pixels.
LEFT, WIDTH = 11.0, 89.0 / 24
TOP, ROW = 26, 26
SHADES = 5
LABELLED_HOURS = (0, 6, 12, 18, 23)


@dataclass(frozen=True)
class HourCell:
    x: str
    shade: int
    tip: str
    link: str


@dataclass(frozen=True)
class WeekdayRow:
    """The row is one stop of the arrow keys, because 168 stops would be too many.

    Only hours with answers have a cell: a picture of all 168 was a third of the home page.
    """

    y: int
    label: str
    tip: str
    link: str
    cells: Sequence[HourCell]


@dataclass(frozen=True)
class HeatMap:
    rows: Sequence[WeekdayRow]
    cell_width: str
    left: str
    width: str
    labels: Sequence[tuple[str, int]]  # position and hour
    label_y: int
    nothing: str


def render_hours_chart(counts: HourCounts, scope: Scope | None = None) -> SafeString:
    """Draw the field. With the `scope` of the counts, days and hours lead to their answers."""
    description = _describe_busiest_hour(counts)
    bottom = TOP + 7 * ROW
    heat_map = HeatMap(
        rows=[_weekday_row(counts, weekday, scope) for weekday in range(7)],
        cell_width=across(WIDTH * 0.9),
        left=across(LEFT),
        width=across(24 * WIDTH),
        labels=[(across(LEFT + (hour + 0.5) * WIDTH), hour) for hour in LABELLED_HOURS],
        label_y=bottom + 16,
        nothing="" if counts.total else description,
    )
    frame = Frame(
        title=_("Answers by hour and weekday"),
        description=description,
        height=bottom + 22,
        headings=[_("Weekday"), *(f"{hour}:00" for hour in range(24))],
        rows=[
            (str(WEEKDAYS[weekday]), *map(format_number, row))
            for weekday, row in enumerate(counts.rows)
        ],
        css_class="chart-heat",
        has_links=bool(scope and counts.total),
    )
    return render_chart(frame, "insights/charts/hours.svg", heat_map)


def _weekday_row(counts: HourCounts, weekday: int, scope: Scope | None) -> WeekdayRow:
    hours = counts.rows[weekday]
    tip = f"{WEEKDAYS[weekday]}: {_answers(sum(hours))}"
    if any(hours):
        busiest = hours.index(max(hours))
        tip = _("%(day)s, most of them at %(hour)s:00") % {"day": tip, "hour": busiest}
    return WeekdayRow(
        y=TOP + weekday * ROW,
        label=str(WEEKDAYS_ABBR[weekday]),
        tip=tip,
        link=scope.hours_url(weekday + 1) if scope and any(hours) else "",
        cells=[
            HourCell(
                x=across(LEFT + hour * WIDTH),
                shade=_shade(count, counts.highest),
                tip=f"{WEEKDAYS[weekday]}, {hour}:00: {_answers(count)}",
                link=scope.hours_url(weekday + 1, hour) if scope else "",
            )
            for hour, count in enumerate(hours)
            if count
        ],
    )


def _shade(count: int, highest: int) -> int:
    """Return 1 to 5, rounded up so that one answer is visible."""
    return -(-count * SHADES // highest)


def _describe_busiest_hour(counts: HourCounts) -> str:
    if not counts.total:
        return _("Nobody answered in this time.")
    weekday, hours = max(enumerate(counts.rows), key=lambda row: max(row[1]))
    return _("Most answers come on %(day)s at %(hour)s:00.") % {
        "day": str(WEEKDAYS[weekday]).lower(),
        "hour": hours.index(max(hours)),
    }


def _answers(count: int) -> str:
    return ngettext("%(many)s answer", "%(many)s answers", count) % {"many": format_number(count)}
