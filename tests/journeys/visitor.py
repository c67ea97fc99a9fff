"""A user with a browser. The methods are verbs in the third person, so that journeys read well."""

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Self

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, expect

Words = str | re.Pattern[str]


@dataclass
class Album:
    """The numbered screenshots of one journey."""

    place: Path
    wanted: bool = True
    taken: int = 0

    def add(self, page: Page, name: str) -> None:
        self.taken += 1
        path = self.place / f"{self.taken:02}-{name.replace(' ', '-')}.png"
        # A full-page screenshot takes three times as long, and short pages do not need it.
        is_long = page.evaluate("document.documentElement.scrollHeight > innerHeight")
        # To hide the caret Playwright would add inline styles, which our content policy refuses.
        page.screenshot(path=path, full_page=is_long, animations="disabled", caret="initial")


@dataclass
class Visitor:
    context: BrowserContext
    site: str
    album: Album
    page: Page = field(init=False)
    console_errors: list[str] = field(default_factory=list)
    expected_errors: list[re.Pattern[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.on("page", self._watch)
        self.page = self.context.new_page()

    # Actions

    def opens(self, address: str) -> Self:
        self.page.goto(address if "://" in address else self.site + address)
        return self

    def writes(self, label: str, text: str) -> Self:
        self.field(label).fill(text)
        return self

    def chooses(self, label: str, option: str) -> Self:
        self.field(label).select_option(label=option)
        return self

    def ticks(self, label: Words) -> Self:
        self.page.get_by_label(label).check()
        return self

    def presses(self, button: Words) -> Self:
        self.page.get_by_role("button", name=button, exact=True).click()
        return self

    def follows(self, link: Words) -> Self:
        self.page.get_by_role("link", name=link, exact=True).first.click()
        return self

    def opens_in_settings(self, page: str) -> Self:
        """Open the page Settings, and follow its link to this page."""
        self.opens("/settings/")
        self.page.locator(".directory a").filter(
            has=self.page.get_by_text(page, exact=True)
        ).click()
        return self

    def opens_the_menu(self) -> Self:
        """Open the menu More, which has the other acts of the page."""
        self.page.locator("main .menu-more > summary").click()
        return self

    def unfolds(self, summary: str) -> Self:
        self.page.locator("summary", has_text=summary).first.click()
        return self

    def signs_in(self, email: str, password: str) -> Self:
        return self.opens("/accounts/login/").enters_credentials(email, password)

    def enters_credentials(self, email: str, password: str) -> Self:
        """Fill in the sign-in page, in any language."""
        self.page.locator("#id_login").fill(email)
        self.page.locator("#id_password").fill(password)
        self.page.locator("main form button.button-primary").first.click()
        return self

    def signs_out(self) -> Self:
        """Sign out by the profile menu, or on a phone by the menu "More"."""
        menu = self.page.locator(".menu-profile, .nav-more").filter(visible=True)
        menu.locator("summary").click()
        menu.locator("form button").click()
        return self.is_at("/accounts/login/")

    # Assertions

    def sees(self, *texts: Words) -> Self:
        for text in texts:
            expect(self._visible(text).first).to_be_visible()
        return self

    def reloads_until(self, text: Words, *, seconds: float = 60) -> Self:
        """Load the page again until it has the text, for work that ends in the background."""
        deadline = time.monotonic() + seconds
        while not self.shows(text):
            assert time.monotonic() < deadline, f"{self.page.url} never showed {text}"
            self.page.wait_for_timeout(500)
            self.page.reload()
        return self

    def does_not_see(self, *texts: Words) -> Self:
        """Call it only after `sees`, because an empty page would pass."""
        for text in texts:
            expect(self._visible(text)).to_have_count(0)
        return self

    def shows(self, text: Words) -> bool:
        """Return whether the text is visible now, without waiting."""
        return self._visible(text).count() > 0

    def is_at(self, path: str) -> Self:
        """Check the path of the page and ignore its query."""
        expect(self.page).to_have_url(re.compile(rf"^{re.escape(self.site + path)}(\?.*)?$"))
        return self

    def fits(self) -> Self:
        """Check that the page is not wider than its window."""
        excess = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert excess <= 0, f"{self.page.url} is {excess} px too wide"
        return self

    def field(self, label: str) -> Locator:
        by_label = partial(self.page.get_by_label, exact=True)
        return by_label(label).or_(by_label(f"{label} (opcional)"))

    def takes_a_picture(self, name: str, *, always: bool = False) -> Self:
        """Take a screenshot if screenshots are wanted. One takes as long as loading a page."""
        if always or self.album.wanted:
            self.album.add(self.page, name)
        return self

    # Console errors

    @contextmanager
    def expecting(self, error: str) -> Iterator[None]:
        """Require that the console logs this error inside the `with` block, and accept it."""
        expected = re.compile(error)
        self.expected_errors.append(expected)
        with self.page.expect_console_message(lambda message: bool(expected.search(message.text))):
            yield

    def _watch(self, page: Page) -> None:
        page.on("console", self._collect)
        page.on("pageerror", lambda error: self.console_errors.append(f"{page.url}: {error}"))

    def _collect(self, message: ConsoleMessage) -> None:
        """Collect responses of 4xx and 5xx, script errors, and violations of the content policy."""
        if message.type not in {"error", "warning"}:
            return
        if not any(expected.search(message.text) for expected in self.expected_errors):
            self.console_errors.append(f"{message.text} ({message.location})")

    def _visible(self, text: Words) -> Locator:
        return self.page.get_by_text(text).filter(visible=True)
