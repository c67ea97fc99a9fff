"""When patients answer: a field of hours by weekdays, darker where more of them do."""

from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights.charts.drawing import across, element, frame, joined, number, point, text
from insights.reading import HourCounts

LEFT, WIDTH = 11.0, 89.0 / 24
ROW, GAP = 26, 3
TOP = 26
SHADES = 5
LABELLED = (0, 6, 12, 18, 23)


def hours(found: HourCounts) -> SafeString:
    drawn = [
        *(_weekday(found, place) for place in range(7)),
        *(
            text(
                f"{hour}",
                x=across(LEFT + (hour + 0.5) * WIDTH),
                y=TOP + 7 * ROW + 16,
                class_="chart-tick",
                text_anchor="middle",
            )
            for hour in LABELLED
        ),
        *([] if found.total else [text(_busiest(found), x="0", y=14, class_="chart-nothing")]),
    ]
    return frame(
        drawing=joined(drawn),
        height=TOP + 7 * ROW + 22,
        title=_("Answers by hour and weekday"),
        told=_busiest(found),
        headings=[_("Weekday"), *(f"{hour}:00" for hour in range(24))],
        rows=[(str(WEEKDAYS[place]), *map(number, row)) for place, row in enumerate(found.rows)],
        class_="chart-heat",
    )


def _weekday(found: HourCounts, place: int) -> SafeString:
    """By keyboard a day at a time, for 168 stops are a wall; pointed at, each hour by itself."""
    row, y = found.rows[place], TOP + place * ROW
    many = sum(row)
    tip = f"{WEEKDAYS[place]}: {_answers(many)}"
    if many:
        busiest = row.index(max(row))
        tip = _("%(day)s, most of them at %(hour)s:00") % {"day": tip, "hour": busiest}
    return point(
        tip,
        text(str(WEEKDAYS_ABBR[place]), x="0", y=y + 17, class_="chart-tick"),
        *(_hour(place, hour, one, found.most, y) for hour, one in enumerate(row)),
        element(
            "rect",
            x=across(LEFT),
            y=y - 1,
            width=across(89),
            height=ROW - 1,
            rx=4,
            class_="chart-outline",
        ),
        text(tip, x="0", y=14, class_="chart-tip"),
        class_="chart-point chart-weekday",
    )


def _hour(place: int, hour: int, many: int, most: int, y: int) -> SafeString:
    tip = f"{WEEKDAYS[place]}, {hour}:00: {_answers(many)}"
    shade = -(-many * SHADES // most) if most else 0
    return element(
        "g",
        element("title", tip),
        element(
            "rect",
            x=across(LEFT + hour * WIDTH),
            y=y,
            width=across(WIDTH * 0.9),
            height=ROW - GAP,
            rx=3,
            class_=f"chart-cell chart-shade-{shade}",
        ),
        text(tip, x="0", y=14, class_="chart-tip chart-tip-hour"),
        class_="chart-hour",
    )


def _busiest(found: HourCounts) -> str:
    if not found.total:
        return _("Nobody answered in this time.")
    place, row = max(enumerate(found.rows), key=lambda one: max(one[1]))
    return _("Most answers come on %(day)s at %(hour)s:00.") % {
        "day": str(WEEKDAYS[place]).lower(),
        "hour": row.index(max(row)),
    }


def _answers(many: int) -> str:
    return ngettext("%(many)s answer", "%(many)s answers", many) % {"many": number(many)}
