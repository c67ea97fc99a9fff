"""The patients' phones, on the simulator's page."""

import re
from typing import Self

from playwright.sync_api import Locator, expect

from tests.journeys.visitor import Visitor


class Phone:
    """One of them. `line` is the number as the page shows it."""

    def __init__(self, wall: Visitor, line: str) -> None:
        self.card = wall.page.get_by_role("article", name=line)

    def rings(self, text: str) -> Self:
        """And shows what has arrived."""
        expect(self._messages().filter(has_text=text)).to_be_visible()
        return self

    def answers(self, text: str) -> Self:
        """In one press, or in the patient's own words; until the clinic has heard it."""
        heard = self.card.get_by_text("recibido por la clínica")
        before = heard.count()
        if (quick := self.card.get_by_role("button", name=text, exact=True)).count():
            quick.first.click()
        else:
            self.card.get_by_label("Responder").fill(text)
            self.card.get_by_role("button", name="Enviar").click()
        expect(heard).to_have_count(before + 1)
        return self

    def link(self, path: str) -> str:
        """The address in its newest message, for whoever taps it."""
        link = self._messages().last.locator(f"a[href*='{path}']").first
        return link.get_attribute("href") or ""

    def code(self) -> str:
        """The six digits in its newest message."""
        expect(self._messages().last).to_have_text(re.compile(r"\d{6}"))
        found = re.search(r"\d{6}", self._messages().last.inner_text())
        assert found
        return found[0]

    def has_got(self, count: int) -> Self:
        expect(self._messages()).to_have_count(count)
        return self

    def _messages(self) -> Locator:
        return self.card.locator(".bubble.theirs:not(.coming, .lost)")
