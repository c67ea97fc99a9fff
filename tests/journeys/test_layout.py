"""Every page at both sizes and in both themes, with screenshots to look at.

The test itself checks only that no page is wider than its window.
"""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import DESK, PHONE, Visitors
from tests.journeys.people import DOCTOR
from tests.journeys.visitor import Visitor

PUBLIC_PAGES = ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/")
MEMBER_PAGES = (
    "/",
    "/campaigns/",
    "/campaigns/new",
    "/practices/",
    "/profile/",
    "/profile/notifications/",
    "/accounts/2fa/",
    "/accounts/sessions/",
    "/accounts/email/",
    "/accounts/password/change/",
)


def opens_and_checks(visitor: Visitor, *addresses: str) -> None:
    for address in addresses:
        visitor.opens(address)
        expect(visitor.page.locator(".htmx-request")).to_have_count(0)
        visitor.takes_a_picture(address.strip("/").replace("/", " ") or "home").fits()


@pytest.mark.parametrize(
    ("window", "language"),
    [
        pytest.param(PHONE, "Español", id="phone"),
        pytest.param(PHONE | {"color_scheme": "dark"}, "English", id="phone-dark-english"),
        pytest.param(DESK | {"color_scheme": "dark"}, "Español", id="desk-dark"),
    ],
)
def test_every_page_fits_its_window(
    visitors: Visitors, window: dict[str, Any], language: str
) -> None:
    visitor = visitors(**window).opens("/accounts/login/").presses(language)
    opens_and_checks(visitor, *PUBLIC_PAGES)
    visitor.signs_in(*DOCTOR).is_at("/")
    opens_and_checks(visitor, *MEMBER_PAGES)
    with visitor.expecting("404"):
        opens_and_checks(visitor, "/nothing/here/")
