"""Figures of the results page: the URL keeps the filters, and the keyboard reads the charts."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Route, expect

from tests.journeys.conftest import Visitors
from tests.journeys.interactions import tabs_to
from tests.journeys.people import OWNER
from tests.journeys.visitor import Visitor

FIGURES = "#results-days"
FOCUSED = "document.activeElement"


def chosen(visitor: Visitor) -> str:
    return str(visitor.page.locator("[name=period]:checked").input_value())


def days(visitor: Visitor) -> str:
    """Return the period of the figures, as the page shows it."""
    return visitor.page.locator(FIGURES).inner_text()


def chooses_period(visitor: Visitor, label: str, address: str) -> str:
    visitor.page.locator(".segmented label", has_text=label).click()
    expect(visitor.page).to_have_url(visitor.site + address)
    expect(visitor.page.locator("#results.htmx-request")).to_have_count(0)
    return days(visitor)


def test_back_reload_and_shared_url_show_the_same_figures(visitors: Visitors) -> None:
    visitor = visitors().signs_in(*OWNER).opens("/results/")
    page, month = visitor.page, days(visitor)
    year = chooses_period(visitor, "12 meses", "/results/?period=12m")
    week = chooses_period(visitor, "7 días", "/results/?period=7")
    assert len({month, year, week}) == 3

    # Go back through the chosen periods
    page.go_back()
    expect(page.locator(FIGURES)).to_have_text(year)
    assert chosen(visitor) == "12m"
    page.go_back()
    expect(page.locator(FIGURES)).to_have_text(month)
    assert chosen(visitor) == "30"
    page.go_forward()
    expect(page.locator(FIGURES)).to_have_text(year)
    assert chosen(visitor) == "12m"

    # Reload, and go back from another page
    page.reload()
    assert (chosen(visitor), days(visitor)) == ("12m", year)
    visitor.opens("/recovery/").is_at("/recovery/")
    page.go_back()
    expect(page.locator(FIGURES)).to_have_text(year)
    assert chosen(visitor) == "12m"

    # Add a filter, and open the URL in another browser
    page.get_by_text("Filtros", exact=True).click()
    visitor.field("Canal").select_option("EMAIL")
    expect(page).to_have_url(visitor.site + "/results/?period=12m&channel=EMAIL")
    figures = page.locator("#results .figures").inner_text()
    other = visitors().signs_in(*OWNER).is_at("/").opens(page.url)
    assert other.page.locator("#results .figures").inner_text() == figures
    assert chosen(other) == "12m"
    expect(other.field("Canal")).to_have_value("EMAIL")
    assert page.evaluate("JSON.stringify(sessionStorage)").count("<") == 0, "a page is kept"


def test_loading_is_visible_and_a_failure_restores_the_choice(visitor: Visitor) -> None:
    visitor.signs_in(*OWNER).opens("/results/")
    page, before = visitor.page, days(visitor)
    requests: list[Route] = []
    page.route(re.compile("period=90"), lambda route: requests.append(route))  # noqa: PLW0108

    page.locator(".segmented label", has_text="90 días").click()
    visitor.sees("Contando…")
    expect(page.locator("#results")).to_have_attribute("aria-busy", "true")
    visitor.takes_a_picture("counting")
    with visitor.expecting("ERR_FAILED"), visitor.expecting("^htmx:"):
        requests[0].abort()

    visitor.sees(re.compile("No logramos conectar con el servidor")).does_not_see("Contando…")
    expect(page.locator("#results")).not_to_have_attribute("aria-busy", "true")
    assert (chosen(visitor), days(visitor)) == ("30", before)


def test_results_have_one_tab_stop_for_each_chart(visitor: Visitor) -> None:
    visitor.signs_in(*OWNER).opens("/results/").sees("De la pregunta a la reseña")
    page, keyboard = visitor.page, visitor.page.keyboard
    charts = page.locator("#results .chart-drawing")
    assert charts.count() >= 6

    # Tab through the whole page: each chart has one stop, and the total is small
    stops, in_charts = 0, 0
    keyboard.press("Tab")
    while stops < 150:
        stops += 1
        in_charts += page.evaluate(f"Number(!!{FOCUSED}.closest('.chart'))")
        keyboard.press("Tab")
        if page.evaluate(f"{FOCUSED} === document.body || {FOCUSED}.matches('.skip')"):
            break
    assert in_charts == charts.count()
    assert stops < 75, "the whole page, with its navigation and lists"

    # In a chart, the arrow keys move from value to value
    tabs_to(visitor, charts.nth(1))
    labels = []
    for key in ("ArrowRight", "ArrowRight", "End", "Home", "ArrowLeft"):
        keyboard.press(key)
        labels.append(page.evaluate(f"{FOCUSED}.getAttribute('aria-label')"))
    first, second, last, home, still = labels
    assert first == home == still
    assert len({first, second, last}) == 3
    assert all("calificaci" in label for label in labels)
    visitor.takes_a_picture("a value")
    keyboard.press("Escape")
    expect(charts.nth(1)).to_be_focused()
    keyboard.press("ArrowLeft")
    assert page.evaluate(f"{FOCUSED}.getAttribute('aria-label')") == last
    keyboard.press("Tab")
    expect(charts.nth(2)).to_be_focused()

    # Screen readers find every value in a table
    rows = page.locator("#results .charts table tbody tr")
    assert rows.count() > 30


def test_download_has_the_filtered_rows(visitor: Visitor) -> None:
    visitor.signs_in(*OWNER).opens("/audit/")
    page = visitor.page
    link = page.locator("[data-of-these-filters]")  # in the menu "More"
    since = page.get_by_label("Desde")
    since.fill("2026-01-02")
    visitor.presses("Filtrar")
    expect(page).to_have_url(re.compile("since=2026-01-02"))

    query = parse_qs(urlsplit(str(link.get_attribute("href"))).query)
    assert (query["since"], query["as"]) == (["2026-01-02"], ["csv"])
    page.go_back()
    expect(page).to_have_url(visitor.site + "/audit/")
    expect(page.get_by_label("Desde")).to_have_value("")
    page.go_forward()
    expect(page.get_by_label("Desde")).to_have_value("2026-01-02")
