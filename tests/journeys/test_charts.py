"""Charts by keyboard: from a value to the ratings behind it."""

import re

from playwright.sync_api import expect

from tests.journeys.interactions import tabs_to
from tests.journeys.people import OWNER
from tests.journeys.visitor import Visitor

FOCUSED = "document.activeElement"


def test_enter_opens_the_ratings_behind_a_value(visitor: Visitor) -> None:
    visitor.signs_in(*OWNER).opens("/results/?period=90")
    page, keyboard = visitor.page, visitor.page.keyboard

    tabs_to(visitor, page.locator(".chart-lines").first)
    keyboard.press("ArrowRight")
    keyboard.press("ArrowRight")
    label = str(page.evaluate(f"{FOCUSED}.getAttribute('aria-label')"))
    counted = re.search(r"(\d+) calificaci", label)
    assert counted
    visitor.takes_a_picture("a value of a chart")
    keyboard.press("Enter")

    expect(page).to_have_url(re.compile("/results/ratings/"))
    visitor.sees(re.compile(rf"^{counted[1]} visitas?; se preguntó del"))
