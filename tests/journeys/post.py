"""What arrives in people's mailboxes, read through the simulator."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tests.dev.doubles.simulation import Simulation, eventually

PATIENCE = 20


@dataclass(frozen=True)
class Post:
    simulator: Simulation

    def mail(self, to: str, about: str) -> str:
        """The text of the newest one with these words in its subject."""
        found: dict[str, Any] = eventually(lambda: self._newest(to, about), seconds=PATIENCE)
        return str(found["text"])

    def code(self, to: str, about: str = "es su código") -> str:
        """It stands in a line of its own."""
        return self._found(r"(?m)^ {4}(\S+)", self.mail(to, about))

    def link(self, to: str, about: str) -> str:
        return self._found(r"(http\S+)", self.mail(to, about))

    def _newest(self, to: str, about: str) -> dict[str, Any] | None:
        mails = self.simulator.control("GET", f"mails?to={quote(to)}")["mails"]
        fitting = [mail for mail in mails if about in mail["subject"]]
        return fitting[-1] if fitting else None

    def _found(self, pattern: str, text: str) -> str:
        found = re.search(pattern, text)
        assert found, text
        return found[1]
