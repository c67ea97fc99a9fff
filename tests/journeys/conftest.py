"""Journeys: tests of the whole product in a real browser, against the running demo.

All journeys share one demo. So each signs up its own clinic, or uses a part of the demo's data that
no other journey changes. Screenshots are in `.local/journeys/`: of all steps with
JOURNEY_PICTURES=1, otherwise only of a step that failed.
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
from tests.journeys.mailbox import Mailbox
from tests.journeys.visitor import Album, Visitor

PICTURES = ROOT / ".local" / "journeys"
PICTURES_WANTED = os.environ.get("JOURNEY_PICTURES") == "1"
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
BROWSER_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
TIMEOUT = 20_000  # milliseconds
DESK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "is_mobile": True,
    "has_touch": True,
}

Visitors = Callable[..., Visitor]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        needs_browser = Path(__file__).parent in item.path.parents and (
            "chromium" in getattr(item, "fixturenames", ())
        )
        if needs_browser and not CHROMIUM:
            reason = "LEFT OUT: there is no Chromium (apt install chromium)"
            item.add_marker(pytest.mark.skip(reason=reason))


# The browser is closed after this package: Django refuses queries while its event loop runs.
@pytest.fixture(scope="package")
def chromium(browser_type_launch_args: dict[str, Any]) -> Iterator[Browser]:
    expect.set_options(timeout=TIMEOUT)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            **browser_type_launch_args, executable_path=CHROMIUM, args=BROWSER_OPTIONS
        )
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def demo(worker_id: str) -> Iterator[Demo]:
    PICTURES.mkdir(parents=True, exist_ok=True)
    with demos.running(log=PICTURES / f"demo-{worker_id}.log") as demo:
        yield demo


@pytest.fixture
def mailbox(demo: Demo) -> Mailbox:
    return Mailbox(demo.phones)


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
    """Return a function that opens a separate browser: `visitors()`, `visitors(**PHONE)`."""
    opened: list[Visitor] = []
    failed_before = request.session.testsfailed

    def open_browser(**browser: Any) -> Visitor:
        defaults = DESK | {"locale": "es-EC", "timezone_id": "America/Guayaquil"}
        context = chromium.new_context(**(defaults | browser))
        context.set_default_timeout(TIMEOUT)
        visitor = Visitor(context, demo.site, album)
        opened.append(visitor)
        return visitor

    yield open_browser
    errors = []
    for visitor in opened:
        if request.session.testsfailed > failed_before:
            visitor.takes_a_picture("where it failed", always=True)
        errors += visitor.console_errors
        visitor.context.close()
    assert not errors, "\n".join(errors)


@pytest.fixture
def visitor(visitors: Visitors) -> Visitor:
    return visitors()
