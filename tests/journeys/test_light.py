"""Pages come at once, all of them, and stand still."""

from typing import Any

import pytest
from playwright.sync_api import Request, expect

from tests.journeys.conftest import DESK, PHONE, Visitors
from tests.journeys.people import OWNER
from tests.journeys.visitor import Visitor

HEAVIEST = 60_000
MOST_MOVED = 0.1
LATEST_PAINT = 1000
TRIES = 3

SEEN = """() => new Promise((done) => {
  const seen = { moved: 0, painted: 0 };
  new PerformanceObserver((list) => {
    for (const shift of list.getEntries()) if (!shift.hadRecentInput) seen.moved += shift.value;
  }).observe({ type: "layout-shift", buffered: true });
  new PerformanceObserver((list) => {
    for (const paint of list.getEntries()) seen.painted = paint.startTime;
    requestAnimationFrame(() => done(seen));
  }).observe({ type: "largest-contentful-paint", buffered: true });
})"""


def looks_at(visitor: Visitor, address: str) -> dict[str, float]:
    """How much moved until all of it was there, and when the largest part was."""
    visitor.opens(address)
    expect(visitor.page.locator(".htmx-request")).to_have_count(0)
    visitor.page.wait_for_load_state("networkidle")
    seen: dict[str, float] = visitor.page.evaluate(SEEN)
    return seen


def test_the_home_page_weighs_little(visitors: Visitors) -> None:
    """Of the largest page, to a browser that was never here: what goes over the line."""
    cookies = visitors().signs_in(*OWNER).sees("Hola").context.storage_state()
    newcomer = visitors(storage_state=cookies)
    came: list[Request] = []

    def note(request: Request) -> None:
        came.append(request)

    newcomer.page.on("requestfinished", note)
    newcomer.opens("/").sees("Odontología")

    weights: dict[str, list[int]] = {"document": [], "stylesheet": [], "script": []}
    for request in came:
        if request.resource_type in weights:
            weights[request.resource_type].append(request.sizes()["responseBodySize"])
    assert sum(map(sum, weights.values())) < HEAVIEST, weights
    assert len(weights["document"]) == len(weights["stylesheet"]) == 1, weights


@pytest.mark.parametrize("window", [pytest.param(DESK, id="desk"), pytest.param(PHONE, id="phone")])
def test_nothing_moves_while_it_comes(visitors: Visitors, window: dict[str, Any]) -> None:
    visitor = visitors(**window).signs_in(*OWNER).sees("Hola").follows("Campañas")
    campaign = visitor.page.get_by_role("link", name="Odontología").get_attribute("href")
    assert campaign

    moved = {
        address: looks_at(visitor, address)["moved"]
        for address in ("/", "/inbox/", "/recovery/", campaign)
    }

    assert not {a: m for a, m in moved.items() if m >= MOST_MOVED}, moved


def test_the_largest_part_is_painted_within_a_second(visitor: Visitor) -> None:
    """The best of a few: whoever else uses this machine is none of the page's fault."""
    visitor.signs_in(*OWNER).sees("Hola")

    painted = [looks_at(visitor, "/")["painted"] for _ in range(TRIES)]

    assert 0 < min(painted) < LATEST_PAINT, painted
