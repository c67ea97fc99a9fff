"""Use the patients' phones on the simulator's page."""

import re
from typing import Self

from playwright.sync_api import Locator, expect

from tests.journeys.visitor import Visitor


class Phone:
    """One phone. `line` is its number as the page shows it."""

    def __init__(self, wall: Visitor, line: str) -> None:
        self.card = wall.page.get_by_role("article", name=line)

    def rings(self, text: str) -> Self:
        """Wait for a message with this text."""
        expect(self._messages().filter(has_text=text)).to_be_visible()
        return self

    def answers(self, text: str) -> Self:
        """Answer by a quick button or by text, and wait until the product has received it."""
        received = self.card.get_by_text("recibido por la clínica")
        count_before = received.count()
        if (quick := self.card.get_by_role("button", name=text, exact=True)).count():
            quick.first.click()
        else:
            self.card.get_by_label("Responder").fill(text)
            self.card.get_by_role("button", name="Enviar", exact=True).click()
        expect(received).to_have_count(count_before + 1)
        return self

    def link(self, path: str) -> str:
        """Return the link with this path in the newest message."""
        link = self._messages().last.locator(f"a[href*='{path}']").first
        return link.get_attribute("href") or ""

    def code(self) -> str:
        """Return the six digits in the newest message."""
        expect(self._messages().last).to_have_text(re.compile(r"\d{6}"))
        match = re.search(r"\d{6}", self._messages().last.inner_text())
        assert match
        return match[0]

    def has_got(self, count: int) -> Self:
        expect(self._messages()).to_have_count(count)
        return self

    def _messages(self) -> Locator:
        return self.card.locator(".bubble.theirs:not(.coming, .lost)")
