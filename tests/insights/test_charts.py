import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.template import Context, Template
from django.utils import translation

from insights import charts
from insights.figures import Figures
from insights.periods import PeriodStep
from insights.reading import FigureGroup, HourCounts, SeriesPoint

NOBODY = Figures()
SOME = Figures(asked=40, delivered=36, answered=25, clicked=9, rated_5=18, rated_4=4, rated_1=3)
MONDAY = date(2026, 11, 2)
EMPTY_WEEK = ((0,) * 24,) * 7


def points(*figures: Figures) -> list[SeriesPoint]:
    return [
        SeriesPoint(MONDAY + timedelta(days=place), PeriodStep.DAY, one)
        for place, one in enumerate(figures)
    ]


ALL = {
    "nps": lambda: charts.render_nps_chart(points(SOME, NOBODY, SOME)),
    "average": lambda: charts.render_average_chart(points(SOME)),
    "ratings": lambda: charts.render_ratings_chart(SOME),
    "funnel": lambda: charts.render_funnel_chart(SOME),
    "hours": lambda: charts.render_hours_chart(
        HourCounts(((0,) * 9 + (4,) + (0,) * 14, *EMPTY_WEEK[1:]))
    ),
    "comparison": lambda: charts.render_comparison_chart([FigureGroup("a", "Centro", SOME)]),
    "sparkline": lambda: charts.render_sparkline(points(SOME, SOME)),
    "nps of nobody": lambda: charts.render_nps_chart(points(NOBODY)),
    "average of nobody": lambda: charts.render_average_chart([]),
    "ratings of nobody": lambda: charts.render_ratings_chart(NOBODY),
    "funnel of nobody": lambda: charts.render_funnel_chart(NOBODY),
    "hours of nobody": lambda: charts.render_hours_chart(HourCounts(EMPTY_WEEK)),
    "comparison of nobody": lambda: charts.render_comparison_chart([]),
}


@pytest.mark.parametrize("name", ALL)
def test_a_chart_is_well_formed_and_keeps_the_security_policy(name: str) -> None:
    drawn = str(ALL[name]())

    parsed(drawn)
    assert "style=" not in drawn
    assert not re.search(r"\son\w+=", drawn)
    assert "NaN" not in drawn


@pytest.mark.parametrize("name", [name for name in ALL if name != "sparkline"])
def test_a_chart_has_its_words_and_a_table_of_its_values(name: str) -> None:
    root = parsed(ALL[name]())
    picture = next(node for node in root.iter() if node.tag.endswith("svg"))

    assert picture.get("aria-label")
    assert next(node.text for node in picture.iter() if node.tag.endswith("desc"))
    assert root.find(".//table/caption") is not None
    assert root.find(".//thead/tr/th[@scope='col']") is not None


def test_a_table_says_a_dash_where_nobody_rated() -> None:
    cells = rows(charts.render_nps_chart(points(SOME, NOBODY)))

    assert [cell[1:] for cell in cells] == [["76", "25"], ["–", "0"]]


def test_the_line_breaks_where_nobody_rated() -> None:
    drawn = charts.render_nps_chart(points(SOME, SOME, NOBODY, SOME, SOME))

    assert drawn.count('class="chart-line"') == 2
    assert drawn.count('class="chart-bridge"') == 1


@pytest.mark.parametrize("name", [name for name in ALL if name != "sparkline"])
def test_a_chart_is_one_stop_of_the_tab_key_and_none_without_points(name: str) -> None:
    drawn = str(ALL[name]())
    picture = next(node for node in parsed(drawn).iter() if node.tag.endswith("svg"))

    stops = drawn.count('tabindex="0"')

    assert stops == (1 if 'tabindex="-1"' in drawn else 0)
    assert (picture.get("tabindex") == "0") is bool(stops)
    assert ("chart-keys" in drawn) is bool(stops)


def test_every_known_point_says_its_value_to_the_arrow_keys() -> None:
    drawn = charts.render_nps_chart(points(SOME, NOBODY, SOME))

    assert drawn.count('tabindex="-1"') == 2
    assert "76 · 25 " in drawn


@pytest.mark.parametrize("name", ["nps", "comparison", "nps of nobody", "comparison of nobody"])
def test_a_chart_of_nps_says_its_scale(name: str) -> None:
    with translation.override("en"):
        drawn = str(ALL[name]())

    assert "4–5 promoters, 3 passive, 1–2 detractors" in drawn


def test_the_funnel_goes_by_ratings_and_not_by_answers() -> None:
    """Ten wrote back, of whom three rated: seven said STOP or something else."""
    with translation.override("en"):
        steps = rows(
            charts.render_funnel_chart(Figures(asked=20, delivered=16, answered=10, rated_5=3))
        )

    assert steps[:4] == [
        ["Asked", "20", "100 %"],
        ["Delivered", "16", "80 %"],
        ["Rated", "3", "15 %"],
        ["Rated 4 or 5", "3", "15 %"],
    ]


def test_below_zero_the_scale_reaches_below_zero() -> None:
    unhappy = Figures(rated_1=5)

    assert "−100" in charts.render_nps_chart(points(SOME, unhappy))
    assert "−50" not in charts.render_nps_chart(points(SOME))


def test_a_comparison_marks_those_with_few_ratings() -> None:
    few, enough = Figures(rated_5=19), Figures(rated_5=20)

    assert charts.render_comparison_chart([FigureGroup("a", "A", few)]).count("chart-warning") == 1
    assert (
        charts.render_comparison_chart([FigureGroup("a", "A", enough)]).count("chart-warning") == 0
    )


def test_who_has_no_ratings_is_in_the_table_alone() -> None:
    drawn = charts.render_comparison_chart(
        [FigureGroup("a", "Centro", SOME), FigureGroup("b", "Norte", NOBODY)]
    )

    assert [row[:2] for row in rows(drawn)] == [["Centro", "76"], ["Norte", "–"]]
    assert drawn.count('tabindex="-1"') == 1


def test_names_are_words_and_never_markup() -> None:
    drawn = charts.render_comparison_chart([FigureGroup("a", "<script>alert(1)</script>", SOME)])

    assert "<script" not in drawn
    assert "&lt;script" in drawn


def test_numbers_are_written_as_the_reader_writes_them() -> None:
    many = Figures(asked=12345, rated_5=7, rated_4=4)

    with translation.override("en"):
        assert "12,345" in charts.render_funnel_chart(many)
        assert "4.6" in charts.render_average_chart(points(many))
    with translation.override("es"):
        assert "12,345" not in charts.render_funnel_chart(many)
        assert "4,6" in charts.render_average_chart(points(many))


def test_the_darkest_hour_is_the_busiest() -> None:
    monday = (1, 10, *(0,) * 22)
    drawn = charts.render_hours_chart(HourCounts((monday, *EMPTY_WEEK[1:])))

    assert drawn.count("chart-shade-5") == 1
    assert drawn.count("chart-shade-1") == 1


def test_a_page_draws_them_by_name() -> None:
    page = Template(
        "{% load charts %}{% nps_chart points %}{% average_chart points %}{% sparkline points %}"
        "{% ratings_chart figures %}{% funnel_chart figures %}{% hours_chart hours %}"
        "{% comparison_chart groups %}"
    )
    drawn = page.render(
        Context(
            {
                "points": points(SOME),
                "figures": SOME,
                "hours": HourCounts(EMPTY_WEEK),
                "groups": [FigureGroup("a", "A", SOME)],
            }
        )
    )

    assert drawn.count('<div class="chart">') == 6
    assert "&lt;" not in drawn


def parsed(drawn: str) -> ElementTree.Element:
    return ElementTree.fromstring(drawn)  # noqa: S314 - of our own making


def rows(drawn: str) -> list[list[str]]:
    found = parsed(drawn).findall(".//tbody/tr")
    return [[cell.text or "" for cell in row] for row in found]
