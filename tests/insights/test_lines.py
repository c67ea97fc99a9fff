"""Charts over time: the marks beside the line, and what they say."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

from django.utils import translation

from insights import charts
from insights.figures import Figures
from insights.filters import EVERYTHING, Filters
from insights.periods import Period, PeriodStep
from insights.scope import Scope
from insights.series import SeriesPoint, build_series

MONDAY = date(2026, 9, 7)
GOOD = Figures(rated_5=8, rated_4=2)  # an average of 4.8
MIXED = Figures(rated_5=4, rated_1=4)  # 3.0
THIN = Figures(rated_5=4)


def weekly_points(
    now: Sequence[Figures], before: Sequence[Figures] = (), filters: Filters = EVERYTHING
) -> list[SeriesPoint]:
    mondays = [MONDAY + timedelta(weeks=week) for week in range(len(now))]
    period = Period(MONDAY, mondays[-1] + timedelta(days=6))
    return build_series(
        dict(zip(mondays, now, strict=True)),
        dict(zip(mondays, before, strict=False)),
        Scope(period, filters),
        PeriodStep.WEEK,
    )


def draw_average(*now: Figures, before: Sequence[Figures] = ()) -> str:
    with translation.override("en"):
        return charts.render_average_chart(weekly_points(now, before))


def keys_of(drawn: str) -> list[str]:
    root = ElementTree.fromstring(drawn)  # noqa: S314 - we rendered it
    return [node.text or "" for node in root.iter("span") if "chart-key" in node.get("class", "")]


def test_keys_name_the_figures_of_both_periods() -> None:
    """18 ratings, 4.8 × 10 and 3 × 8: 72 / 18. Before, 10 ratings of 4.8."""
    drawn = draw_average(GOOD, MIXED, before=[GOOD])

    assert keys_of(drawn) == [
        "This period: 4.0",
        "The period before: 4.8",
        "Margin of error (95 %)",
        "By week, from Monday on",
    ]


def test_last_value_names_its_step_and_has_enough_ratings() -> None:
    drawn = draw_average(GOOD, MIXED, THIN)
    (last,) = re.findall(r'class="chart-value"[^>]*>([^<]*)<', drawn)

    assert last == "Week of 14 Sep 2026: 3.0"
    assert "Fewer than 5 ratings" in keys_of(drawn)


def test_without_enough_ratings_there_is_no_line_but_points() -> None:
    drawn = draw_average(THIN, Figures(), THIN)

    assert 'class="chart-line"' not in drawn
    assert 'class="chart-band"' not in drawn
    assert "chart-value" not in drawn
    assert drawn.count("chart-dot") == 2
    assert "There are too few ratings for a line." in drawn


def test_key_of_the_period_before_is_missing_where_it_is_not_drawn() -> None:
    assert len(keys_of(draw_average(GOOD, GOOD, before=[THIN, THIN]))) == 3


def test_table_has_interval_count_and_the_period_before() -> None:
    """By hand: 10 ratings, with a 1 and a 5 added 12, sum 54, squares 258; the error is 0.341."""
    drawn = draw_average(GOOD, THIN, before=[MIXED, THIN])
    rows = ElementTree.fromstring(drawn).findall(".//tbody/tr")  # noqa: S314

    assert [[cell.text for cell in row][1:] for row in rows] == [
        ["4.8", "4.1 to 5.0", "10", "3.0"],
        ["5.0", "fewer than 5 ratings", "4", "–"],
    ]


def test_scales_are_fixed() -> None:
    good, bad = (charts.render_nps_chart(weekly_points([each])) for each in (GOOD, MIXED))

    for drawn in (good, bad):
        ticks = re.findall(r'class="chart-tick" text-anchor="end">([^<]*)<', drawn)
        assert ticks == ["−100", "−50", "0", "50", "100"]


def test_point_leads_to_its_days_with_the_filters_of_the_chart() -> None:
    points = weekly_points([GOOD, GOOD], filters=Filters(doctor="Dra. Paz"))
    root = ElementTree.fromstring(charts.render_average_chart(points))  # noqa: S314
    links = [node.get("href", "") for node in root.iter() if node.get("href")]

    assert len(links) == 2
    address = urlsplit(links[1])
    assert address.path == "/results/ratings/"
    assert parse_qs(address.query) == {
        "period": ["own"],
        "from": ["2026-09-14"],
        "to": ["2026-09-20"],
        "doctor": ["Dra. Paz"],
    }


def test_link_of_a_step_stays_in_the_period() -> None:
    scope = Scope(Period(date(2026, 9, 9), date(2026, 9, 15)), EVERYTHING)
    first, last = build_series({}, {}, scope, PeriodStep.WEEK)

    assert first.scope
    assert last.scope
    assert first.scope.period == Period(date(2026, 9, 9), date(2026, 9, 13))
    assert last.scope.period == Period(date(2026, 9, 14), date(2026, 9, 15))


def test_twelve_weeks_have_at_most_120_elements() -> None:
    drawn = charts.render_nps_chart(weekly_points([GOOD, THIN] * 6 + [GOOD], [GOOD] * 13))
    root = ElementTree.fromstring(drawn)  # noqa: S314
    picture = next(node for node in root.iter() if node.tag.endswith("svg"))

    assert len(list(picture.iter())) <= 120
