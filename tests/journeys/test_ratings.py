"""From a figure to the ratings behind it, and a view of them that is saved and removed."""

import re

from playwright.sync_api import expect

from tests.journeys.accessibility import DESK_BY_DAY, find_violations
from tests.journeys.conftest import DESK, PHONE, Visitors
from tests.journeys.people import OWNER
from tests.journeys.visitor import Visitor

VIEW = "Malas del trimestre"


def test_figure_leads_to_its_ratings_and_to_a_saved_view(visitors: Visitors) -> None:
    visitor = visitors(**DESK).signs_in(*OWNER).opens("/results/?period=90")
    page = visitor.page
    rated = page.locator("#answers .chart-point").first  # five stars
    counted = re.search(r"[\d.]+", str(rated.get_attribute("aria-label")).partition(": ")[2])
    assert counted
    rated.click()

    expect(page).to_have_url(re.compile(r"/results/ratings/\?period=90&rating=5$"))
    expect(page.locator("#ratings .figure dd").first).to_have_text(counted[0])
    visitor.takes_a_picture("five stars")

    # Other stars are chosen without loading the page
    for stars in ("5 ★", "1 ★", "2 ★"):
        page.locator("#ratings label", has_text=stars).click()
        expect(page.locator("#ratings.htmx-request")).to_have_count(0)
    expect(page).to_have_url(re.compile("rating=2&rating=1"))
    expect(page.locator(".comment .badge-good")).to_have_count(0)

    # Enter searches, although the field also changes
    page.get_by_label("Palabras").fill("doctora")
    page.get_by_label("Palabras").press("Enter")
    expect(page).to_have_url(re.compile("q=doctora"))
    expect(page.get_by_label("Palabras")).to_have_value("doctora")

    visitor.unfolds("Guardar esta vista").writes("Nombre de la vista", VIEW).presses("Guardar")
    visitor.sees(f"“{VIEW}” se guardó").fits()
    assert not find_violations(visitor, DESK_BY_DAY)
    sees_view_on_a_phone(visitors(**PHONE).signs_in(*OWNER))

    visitor.follows("Administrar").follows(re.compile(f"Quitar {VIEW}"))
    visitor.presses("Sí, quitar la vista").does_not_see("Solo la ve usted")


def sees_view_on_a_phone(visitor: Visitor) -> None:
    visitor.opens("/results/ratings/").follows(VIEW)
    expect(visitor.page.locator("[aria-current=page]", has_text=VIEW)).to_be_visible()
    visitor.fits().takes_a_picture("on a phone")
