"""The browser logs no errors on the main pages, also after going back."""

from playwright.sync_api import expect

from tests.journeys.people import OWNER, RECEPTION
from tests.journeys.visitor import Visitor


def opens_all_pages(visitor: Visitor) -> int:
    """Open every page of the navigation and go back. The visitor collects console errors."""
    links = [link.get_attribute("href") for link in visitor.page.locator(".nav a").all()]
    for link in links:
        visitor.opens(str(link))
        expect(visitor.page.locator(".htmx-request")).to_have_count(0)
        visitor.page.go_back()
    return len(links)


def test_main_pages_log_no_console_errors(visitor: Visitor) -> None:
    visitor.opens("/help/").sees("¿Por dónde empezamos?").takes_a_picture("help for anybody")
    visitor.signs_in(*OWNER).sees("Facturación")
    assert opens_all_pages(visitor) > 10
    for page in ("/settings/", "/profile/", "/privacy/", "/keys/new", "/billing/credits", "/help/"):
        visitor.opens(page)
    visitor.signs_out().signs_in(*RECEPTION).sees("Listas")
    assert opens_all_pages(visitor) > 1
