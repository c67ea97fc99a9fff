"""Check the open page of a visitor against WCAG 2.2 AA with axe."""

from dataclasses import dataclass
from typing import Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import ViewportSize, expect

from tests.journeys.visitor import Visitor

LEVELS = ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]
# Third-party parts, such as the viewer of the OpenAPI description, are excluded.
RUN_AXE = """([levels, rules]) => axe.run({ exclude: ["[data-borrowed]"] }, { runOnly: levels,
    rules, resultTypes: ["violations"] })
  .then(({ violations }) => violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, html }) => `${id}: ${help}: ${target}: ${html.slice(0, 160)}`)))"""


@dataclass(frozen=True)
class Look:
    """A window size and a colour scheme."""

    name: str
    size: ViewportSize
    scheme: Literal["light", "dark"]


DESK_BY_DAY = Look("desk by day", {"width": 1280, "height": 900}, "light")
PHONE_AT_NIGHT = Look("phone at night", {"width": 390, "height": 844}, "dark")


def find_violations(visitor: Visitor, *looks: Look, contrast: bool = True) -> list[str]:
    """Return the violations on the open page in each of these looks.

    The contrast of colours takes axe four times as long as all other rules together.
    """
    page = visitor.page
    expect(page.locator(".htmx-request")).to_have_count(0)
    page.evaluate(AXE_SCRIPT)
    rules = {} if contrast else {"color-contrast": {"enabled": False}}
    violations = []
    for look in looks:
        page.set_viewport_size(look.size)
        # Without animations, because axe must not measure a colour during a transition.
        page.emulate_media(color_scheme=look.scheme, reduced_motion="reduce")
        found = page.evaluate(RUN_AXE, [LEVELS, rules])
        violations += [f"{page.url}, {look.name}: {violation}" for violation in found]
    return violations
