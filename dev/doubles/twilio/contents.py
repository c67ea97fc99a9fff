"""Approved WhatsApp templates: the text of a ContentSid on phones and in the API."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from dev.doubles.twilio.state import Button

PLACEHOLDER = re.compile(r"{{\s*(\w+)\s*}}")
# The date of creation of all of them, which the API has to return.
MADE = "2026-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class Content:
    body: str
    buttons: tuple[Button, ...] = ()
    samples: Mapping[str, str] = field(default_factory=dict)
    language: str = "es"
    status: str = "approved"
    category: str = "UTILITY"
    rejection_reason: str = ""

    @property
    def type(self) -> str:
        return "twilio/quick-reply" if self.buttons else "twilio/text"

    def filled(self, variables: Mapping[str, str]) -> str:
        if not self.body:  # its text is unknown: show the variables
            return "\n".join(variables.values())
        return self._fill(self.body, variables)

    def filled_buttons(self, variables: Mapping[str, str]) -> tuple[Button, ...]:
        return tuple(
            Button(self._fill(button.title, variables), self._fill(button.payload, variables))
            for button in self.buttons
        )

    def _fill(self, text: str, variables: Mapping[str, str]) -> str:
        """Fill in the variables. One without a value gets the sample of the template."""
        known = {**self.samples, **variables}
        return PLACEHOLDER.sub(lambda found: known.get(found[1], found[0]), text)


UNKNOWN = Content("")


class Contents:
    def __init__(self) -> None:
        self._by_sid: dict[str, Content] = {}

    def get(self, sid: str) -> Content:
        return self._by_sid.get(sid, UNKNOWN)

    def find(self, sid: str) -> Content | None:
        return self._by_sid.get(sid)

    def put(self, sid: str, description: object) -> None:
        """Add a content.

        An example is `{"body": "Hola {{1}}", "buttons": ["1", "2"], "variables": {"1": "Ana"}}`.
        Optional keys are `language`, `status`, `category` and `rejection_reason`.
        """
        if not isinstance(description, dict) or not isinstance(description.get("body"), str):
            raise ValueError(f"Template {sid} needs a body, and may have buttons.")
        titles = description.get("buttons", [])
        if not isinstance(titles, list) or not all(isinstance(title, str) for title in titles):
            raise ValueError(f"The buttons of template {sid} are a list of texts.")
        samples = description.get("variables", {})
        if not isinstance(samples, dict):
            raise ValueError(f"The variables of template {sid} are sample values by number.")
        told = {
            name: description[name]
            for name in ("language", "status", "category", "rejection_reason")
            if name in description
        }
        if not all(isinstance(value, str) for value in (*told.values(), *samples.values())):
            raise ValueError(f"Template {sid} has a value that is no text.")
        buttons = tuple(Button(title, title) for title in titles)
        self._by_sid[sid] = Content(description["body"], buttons, samples, **told)

    def load(self, path: Path) -> None:
        for sid, description in json.loads(path.read_text("utf-8")).items():
            self.put(sid, description)


def shown(sid: str, content: Content, account_sid: str) -> dict[str, object]:
    """Return the Content resource, as https://content.twilio.com/v1/Content/{sid} returns it."""
    said: dict[str, object] = {"body": content.body}
    if content.buttons:
        said["actions"] = [
            {"type": "QUICK_REPLY", "title": button.title, "id": button.payload}
            for button in content.buttons
        ]
    url = f"https://content.twilio.com/v1/Content/{sid}"
    return {
        "sid": sid,
        "account_sid": account_sid,
        "friendly_name": f"template_{sid[-6:]}",
        "language": content.language,
        "variables": dict(content.samples),
        "types": {content.type: said},
        "date_created": MADE,
        "date_updated": MADE,
        "url": url,
        "links": {
            "approval_create": f"{url}/ApprovalRequests/whatsapp",
            "approval_fetch": f"{url}/ApprovalRequests",
        },
    }


def approval(sid: str, content: Content, account_sid: str) -> dict[str, object]:
    return {
        "sid": sid,
        "account_sid": account_sid,
        "url": f"https://content.twilio.com/v1/Content/{sid}/ApprovalRequests",
        "whatsapp": {
            "type": "whatsapp",
            "name": f"template_{sid[-6:]}",
            "category": content.category,
            "content_type": content.type,
            "status": content.status,
            "rejection_reason": content.rejection_reason,
            "allow_category_change": True,
            "flows": None,
        },
    }
