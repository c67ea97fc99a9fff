"""Somebody at a browser of their own, whose verbs let a journey read aloud."""

import re
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
    """The pictures of one journey, numbered as they are taken."""

    place: Path
    wanted: bool = True
    taken: int = 0

    def add(self, page: Page, name: str) -> None:
        self.taken += 1
        path = self.place / f"{self.taken:02}-{name.replace(' ', '-')}.png"
        # A whole page costs three times as much, and is often no more than the window shows.
        is_long = page.evaluate("document.documentElement.scrollHeight > innerHeight")
        # To hide the caret, Playwright would leave a style in each field, which our policy refuses.
        page.screenshot(path=path, full_page=is_long, animations="disabled", caret="initial")


@dataclass
class Visitor:
    context: BrowserContext
    site: str
    album: Album
    page: Page = field(init=False)
    complaints: list[str] = field(default_factory=list)
    forgiven: list[re.Pattern[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.context.on("page", self._watch)
        self.page = self.context.new_page()

    # What they do

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

    def signs_in(self, email: str, password: str) -> Self:
        return self.opens("/accounts/login/").says_who(email, password)

    def says_who(self, email: str, password: str) -> Self:
        """On the sign-in page, in whatever language it is."""
        self.page.locator("#id_login").fill(email)
        self.page.locator("#id_password").fill(password)
        self.page.locator("main form button.button-primary").first.click()
        return self

    def signs_out(self) -> Self:
        self.page.locator(".menu summary").click()
        self.page.locator(".menu-panel form button").click()
        return self.is_at("/accounts/login/")

    # What they see

    def sees(self, *texts: Words) -> Self:
        for text in texts:
            expect(self._visible(text).first).to_be_visible()
        return self

    def does_not_see(self, *texts: Words) -> Self:
        """Only after something that is there, for an empty page has nothing of anything."""
        for text in texts:
            expect(self._visible(text)).to_have_count(0)
        return self

    def shows(self, text: Words) -> bool:
        """Now, and not in a moment."""
        return self._visible(text).count() > 0

    def is_at(self, path: str) -> Self:
        """Whatever is asked of it behind the `?`."""
        expect(self.page).to_have_url(re.compile(rf"^{re.escape(self.site + path)}(\?.*)?$"))
        return self

    def fits(self) -> Self:
        """No page is wider than its window."""
        wide = self.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{self.page.url} is {wide} px too wide"
        return self

    def field(self, label: str) -> Locator:
        by_label = partial(self.page.get_by_label, exact=True)
        return by_label(label).or_(by_label(f"{label} (opcional)"))

    def takes_a_picture(self, name: str, *, always: bool = False) -> Self:
        """Where somebody is going to look at it: a picture costs as much as a page."""
        if always or self.album.wanted:
            self.album.add(self.page, name)
        return self

    # What must not happen meanwhile

    @contextmanager
    def expecting(self, complaint: str) -> Iterator[None]:
        """Of this the browser must complain meanwhile, and may."""
        expected = re.compile(complaint)
        self.forgiven.append(expected)
        with self.page.expect_console_message(lambda message: bool(expected.search(message.text))):
            yield

    def _watch(self, page: Page) -> None:
        page.on("console", self._note)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))

    def _note(self, message: ConsoleMessage) -> None:
        """Answers of 4xx and 5xx, broken scripts, and what the security policy refused."""
        if message.type not in {"error", "warning"}:
            return
        if not any(expected.search(message.text) for expected in self.forgiven):
            self.complaints.append(f"{message.text} ({message.location})")

    def _visible(self, text: Words) -> Locator:
        return self.page.get_by_text(text).filter(visible=True)
