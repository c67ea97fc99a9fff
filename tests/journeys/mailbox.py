"""Read the mails that the simulator received."""

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from tests.dev.doubles.background import eventually
from tests.dev.doubles.simulation import Simulation

TIMEOUT = 20


@dataclass(frozen=True)
class Mailbox:
    simulator: Simulation

    def mail(self, to: str, about: str) -> str:
        """Return the text of the newest mail to this address with these words in its subject."""
        mail: dict[str, Any] = eventually(lambda: self._newest(to, about), seconds=TIMEOUT)
        return str(mail["text"])

    def code(self, to: str, about: str = "es su código") -> str:
        """Return the code in a mail. It is alone on an indented line."""
        return self._search(r"(?m)^ {4}(\S+)", self.mail(to, about))

    def link(self, to: str, about: str) -> str:
        return self._search(r"(http\S+)", self.mail(to, about))

    def _newest(self, to: str, about: str) -> dict[str, Any] | None:
        mails = self.simulator.control("GET", f"mails?to={quote(to)}")["mails"]
        matching = [mail for mail in mails if about in mail["subject"]]
        return matching[-1] if matching else None

    def _search(self, pattern: str, text: str) -> str:
        match = re.search(pattern, text)
        assert match, text
        return match[1]
