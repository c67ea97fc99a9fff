"""Message templates as WhatsApp approved them: what a ContentSid says on a phone."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from messaging.simulator.state import Button

PLACEHOLDER = re.compile(r"{{\s*(\w+)\s*}}")


@dataclass(frozen=True, slots=True)
class Content:
    body: str
    buttons: tuple[Button, ...] = ()

    def filled(self, variables: Mapping[str, str]) -> str:
        if not self.body:  # nobody told us its text: show what is known
            return "\n".join(variables.values())
        return PLACEHOLDER.sub(lambda found: variables.get(found[1], found[0]), self.body)


UNKNOWN = Content("")


class Contents:
    def __init__(self) -> None:
        self._by_sid: dict[str, Content] = {}

    def get(self, sid: str) -> Content:
        return self._by_sid.get(sid, UNKNOWN)

    def put(self, sid: str, description: object) -> None:
        """Described as `{"body": "Hola {{1}}", "buttons": ["1", "2"]}`."""
        if not isinstance(description, dict) or not isinstance(description.get("body"), str):
            raise ValueError(f"Template {sid} needs a body, and may have buttons.")
        titles = description.get("buttons", [])
        if not isinstance(titles, list) or not all(isinstance(title, str) for title in titles):
            raise ValueError(f"The buttons of template {sid} are a list of texts.")
        buttons = tuple(Button(title, title) for title in titles)
        self._by_sid[sid] = Content(description["body"], buttons)

    def load(self, path: Path) -> None:
        for sid, description in json.loads(path.read_text("utf-8")).items():
            self.put(sid, description)
