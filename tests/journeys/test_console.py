"""The browser logs no errors on the main pages, also after going back."""

from playwright.sync_api import expect

from tests.journeys.people import OWNER, RECEPTION
from tests.journeys.visitor import Visitor


def opens_all_pages(visitor: Visitor) -> int:
    """Open every page that is linked here and go back. The visitor collects console errors."""
    shown = visitor.page.locator(".nav a, .directory a").all()
    links = [link.get_attribute("href") for link in shown]
    for link in links:
        visitor.opens(str(link))
        expect(visitor.page.locator(".htmx-request")).to_have_count(0)
        visitor.page.go_back()
    return len(links)


def test_main_pages_log_no_console_errors(visitor: Visitor) -> None:
    visitor.opens("/help/").sees("¿Por dónde empezamos?").takes_a_picture("help for anybody")
    visitor.signs_in(*OWNER).follows("Configuración").sees("Facturación")
    assert opens_all_pages(visitor) > 10
    for page in ("/profile/", "/search/?q=a", "/keys/new", "/billing/credits", "/help/"):
        visitor.opens(page)
    visitor.signs_out().signs_in(*RECEPTION).sees("Listas")
    assert opens_all_pages(visitor) > 1
