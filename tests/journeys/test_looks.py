"""Every page at both sizes, by day and by night, for whoever looks at the pictures.

A machine sees only that nothing is too wide.
"""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import DESK, PHONE, Visitors
from tests.journeys.people import DOCTOR
from tests.journeys.visitor import Visitor

OF_EVERYONE = ("/accounts/login/", "/accounts/signup/", "/accounts/password/reset/")
OF_MEMBERS = (
    "/",
    "/campaigns/",
    "/campaigns/new",
    "/practices/",
    "/profile/",
    "/accounts/2fa/",
    "/accounts/sessions/",
    "/accounts/email/",
    "/accounts/password/change/",
)


def looks_at(visitor: Visitor, *addresses: str) -> None:
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
def test_every_page_fits(visitors: Visitors, window: dict[str, Any], language: str) -> None:
    visitor = visitors(**window).opens("/accounts/login/").presses(language)
    looks_at(visitor, *OF_EVERYONE)
    visitor.signs_in(*DOCTOR).is_at("/")
    looks_at(visitor, *OF_MEMBERS)
    with visitor.expecting("404"):
        looks_at(visitor, "/nothing/here/")
