"""WCAG 2.2 AA as axe reads it, on the page that a visitor is looking at."""

from dataclasses import dataclass
from typing import Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import ViewportSize, expect

from tests.journeys.visitor import Visitor

LEVELS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
# What others have made, like the reader of an OpenAPI description, is as it is.
JUDGE = """levels => axe.run({ exclude: ["[data-borrowed]"] }, { runOnly: levels,
    resultTypes: ["violations"] })
  .then(({ violations }) => violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, html }) => `${id}: ${help}: ${target}: ${html.slice(0, 160)}`)))"""


@dataclass(frozen=True)
class Look:
    name: str
    size: ViewportSize
    scheme: Literal["light", "dark"]


DESK_BY_DAY = Look("desk by day", {"width": 1280, "height": 900}, "light")
PHONE_AT_NIGHT = Look("phone at night", {"width": 390, "height": 844}, "dark")


def broken_by(visitor: Visitor, *looks: Look) -> list[str]:
    page = visitor.page
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.evaluate(AXE_SCRIPT)
    broken = []
    for look in looks:
        page.set_viewport_size(look.size)
        # Nothing may be halfway between two colours while it is judged.
        page.emulate_media(color_scheme=look.scheme, reduced_motion="reduce")
        broken += [f"{page.url}, {look.name}: {one}" for one in page.evaluate(JUDGE, LEVELS)]
    return broken
