import re
from datetime import date, timedelta
from xml.etree import ElementTree

import pytest
from django.template import Context, Template
from django.utils import translation

from insights import charts
from insights.figures import Figures
from insights.periods import PeriodStep
from insights.reading import FigureGroup, HourCounts
from insights.series import SeriesPoint

EMPTY = Figures()
SOME = Figures(asked=40, delivered=36, answered=25, clicked=9, rated_5=18, rated_4=4, rated_1=3)
MONDAY = date(2026, 11, 2)
EMPTY_WEEK = ((0,) * 24,) * 7


def daily_points(*figures: Figures) -> list[SeriesPoint]:
    return [
        SeriesPoint(MONDAY + timedelta(days=index), PeriodStep.DAY, each)
        for index, each in enumerate(figures)
    ]


CHARTS = {
    "nps": lambda: charts.render_nps_chart(daily_points(SOME, EMPTY, SOME)),
    "average": lambda: charts.render_average_chart(daily_points(SOME)),
    "ratings": lambda: charts.render_ratings_chart(SOME),
    "funnel": lambda: charts.render_funnel_chart(SOME),
    "hours": lambda: charts.render_hours_chart(
        HourCounts(((0,) * 9 + (4,) + (0,) * 14, *EMPTY_WEEK[1:]))
    ),
    "comparison": lambda: charts.render_comparison_chart([FigureGroup("a", "Centro", SOME)]),
    "sparkline": lambda: charts.render_sparkline(daily_points(SOME, SOME)),
    "nps without data": lambda: charts.render_nps_chart(daily_points(EMPTY)),
    "average without data": lambda: charts.render_average_chart([]),
    "ratings without data": lambda: charts.render_ratings_chart(EMPTY),
    "funnel without data": lambda: charts.render_funnel_chart(EMPTY),
    "hours without data": lambda: charts.render_hours_chart(HourCounts(EMPTY_WEEK)),
    "comparison without data": lambda: charts.render_comparison_chart([]),
}


@pytest.mark.parametrize("name", CHARTS)
def test_chart_is_well_formed_without_styles_and_scripts(name: str) -> None:
    drawn = str(CHARTS[name]())

    parse(drawn)
    assert "style=" not in drawn
    assert not re.search(r"\son\w+=", drawn)
    assert "NaN" not in drawn


@pytest.mark.parametrize("name", [name for name in CHARTS if name != "sparkline"])
def test_chart_has_a_description_and_a_table_of_its_values(name: str) -> None:
    root = parse(CHARTS[name]())
    picture = next(node for node in root.iter() if node.tag.endswith("svg"))

    assert picture.get("aria-label")
    assert next(node.text for node in picture.iter() if node.tag.endswith("desc"))
    assert root.find(".//table/caption") is not None
    assert root.find(".//thead/tr/th[@scope='col']") is not None


def test_table_shows_a_dash_where_nobody_rated() -> None:
    with translation.override("en"):
        cells = table_rows(charts.render_nps_chart(daily_points(SOME, EMPTY)))

    assert [cell[1:] for cell in cells] == [["76", "49 to 100", "25", "–"], ["–", "–", "0", "–"]]


def test_line_is_interrupted_where_nobody_rated() -> None:
    drawn = charts.render_nps_chart(daily_points(SOME, SOME, EMPTY, SOME, SOME))

    assert path_of(drawn, "chart-line").count("M") == 2


@pytest.mark.parametrize("name", [name for name in CHARTS if name != "sparkline"])
def test_chart_is_one_tab_stop_and_none_without_points(name: str) -> None:
    drawn = str(CHARTS[name]())
    picture = next(node for node in parse(drawn).iter() if node.tag.endswith("svg"))

    stops = drawn.count('tabindex="0"')

    assert stops == (1 if 'tabindex="-1"' in drawn else 0)
    assert (picture.get("tabindex") == "0") is bool(stops)
    assert ("chart-keys" in drawn) is bool(stops)


def test_every_point_with_a_value_can_be_focused() -> None:
    drawn = charts.render_nps_chart(daily_points(SOME, EMPTY, SOME))

    assert drawn.count('tabindex="-1"') == 2
    assert "76 · 25 " in drawn


@pytest.mark.parametrize(
    "name", ["nps", "comparison", "nps without data", "comparison without data"]
)
def test_chart_of_nps_shows_its_scale(name: str) -> None:
    with translation.override("en"):
        drawn = str(CHARTS[name]())

    assert "4–5 promoters, 3 passive, 1–2 detractors" in drawn


def test_funnel_counts_ratings_and_not_answers() -> None:
    """Ten patients wrote back. Three of them rated, the others sent STOP or something else."""
    with translation.override("en"):
        steps = table_rows(
            charts.render_funnel_chart(Figures(asked=20, delivered=16, answered=10, rated_5=3))
        )

    assert steps[:4] == [
        ["Asked", "20", "100 %"],
        ["Delivered", "16", "80 %"],
        ["Rated", "3", "15 %"],
        ["Rated 4 or 5", "3", "15 %"],
    ]


def test_comparison_gives_no_value_for_fewer_than_5_ratings() -> None:
    groups = [FigureGroup("a", "Pocas", Figures(rated_5=4)), FigureGroup("b", "Norte", SOME)]
    with translation.override("en"):
        drawn = charts.render_comparison_chart(groups)

    assert drawn.count("chart-dot") == 1
    assert [row[:3] for row in table_rows(drawn)] == [
        ["Norte", "76", "49 to 100"],
        ["Pocas", "100", "fewer than 5 ratings"],
    ]
    assert "Pocas: NPS too few · 4 ratings" in drawn


def test_comparison_has_the_best_first_on_a_fixed_scale() -> None:
    unhappy = Figures(rated_1=30)
    groups = [FigureGroup("a", "Sur", unhappy), FigureGroup("b", "Norte", SOME)]
    drawn = charts.render_comparison_chart(groups)
    points = [node.get("cx") for node in parse(drawn).iter() if node.get("class") == "chart-dot"]

    assert [row[0] for row in table_rows(drawn)] == ["Norte", "Sur"]
    assert points == ["88.00%", "0.00%"]  # 76 and −100


def test_group_without_ratings_is_only_in_the_table() -> None:
    drawn = charts.render_comparison_chart(
        [FigureGroup("a", "Centro", SOME), FigureGroup("b", "Norte", EMPTY)]
    )

    assert [row[:2] for row in table_rows(drawn)] == [["Centro", "76"], ["Norte", "–"]]
    assert drawn.count('tabindex="-1"') == 1


def test_name_with_markup_is_escaped() -> None:
    drawn = charts.render_comparison_chart([FigureGroup("a", "<script>alert(1)</script>", SOME)])

    assert "<script" not in drawn
    assert "&lt;script" in drawn
    labels = [node.get("aria-label", "") for node in parse(drawn).iter()]
    assert any(label.startswith("<script>alert(1)</script>: NPS") for label in labels)


def test_numbers_are_formatted_in_the_language_of_the_reader() -> None:
    many = Figures(asked=12345, rated_5=7, rated_4=4)

    with translation.override("en"):
        assert "12,345" in charts.render_funnel_chart(many)
        assert "4.6" in charts.render_average_chart(daily_points(many))
    with translation.override("es"):
        assert "12,345" not in charts.render_funnel_chart(many)
        assert "4,6" in charts.render_average_chart(daily_points(many))


def test_busiest_hour_is_the_darkest() -> None:
    monday = (1, 10, *(0,) * 22)
    drawn = charts.render_hours_chart(HourCounts((monday, *EMPTY_WEEK[1:])))

    assert drawn.count("chart-shade-5") == 1
    assert drawn.count("chart-shade-1") == 1


def test_template_tags_render_all_charts() -> None:
    page = Template(
        "{% load charts %}{% nps_chart points %}{% average_chart points %}{% sparkline points %}"
        "{% ratings_chart figures %}{% funnel_chart figures %}{% hours_chart hours %}"
        "{% comparison_chart groups %}"
    )
    drawn = page.render(
        Context(
            {
                "points": daily_points(SOME),
                "figures": SOME,
                "hours": HourCounts(EMPTY_WEEK),
                "groups": [FigureGroup("a", "A", SOME)],
            }
        )
    )

    assert drawn.count('<div class="chart">') == 6
    assert "&lt;" not in drawn


def path_of(drawn: str, css_class: str) -> str:
    """Return the path with this class, or an empty string."""
    nodes = [node for node in parse(drawn).iter() if node.get("class") == css_class]
    return nodes[0].get("d", "") if nodes else ""


def parse(drawn: str) -> ElementTree.Element:
    return ElementTree.fromstring(drawn)  # noqa: S314 - we rendered it


def table_rows(drawn: str) -> list[list[str]]:
    rows = parse(drawn).findall(".//tbody/tr")
    return [[cell.text or "" for cell in row] for row in rows]
