"""Journeys: what people do with the whole product, in a real browser, against the real demo.

They share one demo, so each brings its own clinic or takes a part of the demo's data that no other
journey changes. With JOURNEY_PICTURES=1 pictures of their steps are in `.local/journeys/`, and
without it of the step that failed.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from config.embedded import ROOT
from tests.journeys import demo as demos
from tests.journeys.demo import Demo
from tests.journeys.post import Post
from tests.journeys.visitor import Album, Visitor

PICTURES = ROOT / ".local" / "journeys"
PICTURES_WANTED = os.environ.get("JOURNEY_PICTURES") == "1"
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
ALONE = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
PATIENCE = 20_000
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
}

Visitors = Callable[..., Visitor]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        in_a_browser = Path(__file__).parent in item.path.parents and (
            "chromium" in getattr(item, "fixturenames", ())
        )
        if in_a_browser and not CHROMIUM:
            reason = "LEFT OUT: there is no Chromium (apt install chromium)"
            item.add_marker(pytest.mark.skip(reason=reason))


# A browser that stayed open would keep its event loop, which Django forbids to the tests after us.
@pytest.fixture(scope="package")
def chromium(browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            **browser_type_launch_args, executable_path=CHROMIUM, args=ALONE
        )
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def demo(worker_id: str) -> Iterator[Demo]:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with demos.running(log=PICTURES / f"demo-{worker_id}.log") as demo:
        yield demo


@pytest.fixture
def post(demo: Demo) -> Post:
    return Post(demo.phones)


@pytest.fixture
def album(request: pytest.FixtureRequest) -> Album:
    name = re.sub(r"\W+", "-", request.node.name.removeprefix("test_")).strip("-")
    place = PICTURES / request.path.stem.removeprefix("test_") / name
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    return Album(place, wanted=PICTURES_WANTED)


@pytest.fixture
def visitors(
    chromium: Browser, demo: Demo, album: Album, request: pytest.FixtureRequest
) -> Iterator[Visitors]:
    """Comes in with a browser of their own: `visitors()`, `visitors(**PHONE)`."""
    everyone: list[Visitor] = []
    failed_before = request.session.testsfailed

    def come_in(**browser: Any) -> Visitor:
        usual = DESK | {"locale": "es-EC", "timezone_id": "America/Guayaquil"}
        context = chromium.new_context(**(usual | browser))
        context.set_default_timeout(PATIENCE)
        visitor = Visitor(context, demo.site, album)
        everyone.append(visitor)
        return visitor

    yield come_in
    complaints = []
    for visitor in everyone:
        if request.session.testsfailed > failed_before:
            visitor.takes_a_picture("where it failed", always=True)
        complaints += visitor.complaints
        visitor.context.close()
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def visitor(visitors: Visitors) -> Visitor:
    return visitors()
