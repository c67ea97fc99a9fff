"""WhatsApp templates: the text of a ContentSid on phones and in the API, and what Meta decides."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from dev.doubles.twilio.problems import RefusedError
from dev.doubles.twilio.state import Button, new_sid

PLACEHOLDER = re.compile(r"{{\s*(\w+)\s*}}")
NAME = re.compile(r"[a-z0-9_]{1,512}")
CATEGORIES = ("UTILITY", "MARKETING", "AUTHENTICATION")
UNSUBMITTED = "unsubmitted"
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
    name: str = ""  # ours at Twilio, by which a content is found again
    submitted_as: str = ""  # the name at Meta

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

    def all(self) -> dict[str, Content]:
        """Return all contents by SID, the newest first."""
        return dict(reversed(self._by_sid.items()))

    def named(self, pattern: str) -> dict[str, Content]:
        """Return the contents whose name matches, as the search of v2 does."""
        try:
            wanted = re.compile(pattern)
        except re.error:
            return {}
        return {sid: each for sid, each in self.all().items() if wanted.search(each.name)}

    def create(self, description: Mapping[str, object]) -> str:
        """Add an unsubmitted content from the body of a create request. Return its SID."""
        types = description.get("types")
        kinds = types if isinstance(types, dict) else {}
        kind = next((name for name in ("twilio/quick-reply", "twilio/text") if name in kinds), "")
        words = kinds.get(kind)
        if not isinstance(words, dict) or not isinstance(words.get("body"), str):
            raise RefusedError(20001, "types needs twilio/text or twilio/quick-reply with a body")
        sid = new_sid("HX")
        try:
            self.put(
                sid,
                {
                    "body": words["body"],
                    "buttons": [action["title"] for action in words.get("actions", [])],
                    "variables": description.get("variables") or {},
                    "language": description.get("language"),
                    "name": description.get("friendly_name") or "",
                    "status": UNSUBMITTED,
                    "category": "",
                },
            )
        except (ValueError, KeyError, TypeError) as error:
            raise RefusedError(20001, str(error)) from error
        return sid

    def submit(self, sid: str, *, name: str, category: str) -> Content:
        """Submit a content to Meta, which decides at once about what it never accepts."""
        content = self._by_sid[sid]
        if content.status != UNSUBMITTED:
            raise RefusedError(20001, "This content was submitted before")
        if not NAME.fullmatch(name) or any(name == c.submitted_as for c in self._by_sid.values()):
            raise RefusedError(20001, f"The name {name!r} is not valid, or taken")
        if category not in CATEGORIES:
            raise RefusedError(20001, f"No such category: {category!r}")
        reason = _reason_to_reject(content)
        changed = replace(
            content,
            submitted_as=name,
            category=category,
            status="rejected" if reason else "received",
            rejection_reason=reason,
        )
        self._by_sid[sid] = changed
        return changed

    def decide(self, sid: str, status: str, *, reason: str = "") -> None:
        """Let Meta approve, reject or pause a template."""
        content = self._by_sid[sid]
        self._by_sid[sid] = replace(content, status=status, rejection_reason=reason)

    def recategorise(self, sid: str) -> None:
        content = self._by_sid[sid]
        category = "UTILITY" if content.category == "MARKETING" else "MARKETING"
        self._by_sid[sid] = replace(content, category=category)

    def delete(self, sid: str) -> None:
        del self._by_sid[sid]

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
            for name in ("language", "status", "category", "rejection_reason", "name")
            if name in description
        }
        if not all(isinstance(value, str) for value in (*told.values(), *samples.values())):
            raise ValueError(f"Template {sid} has a value that is no text.")
        buttons = tuple(Button(title, title) for title in titles)
        self._by_sid[sid] = Content(description["body"], buttons, samples, **told)

    def load(self, path: Path) -> None:
        for sid, description in json.loads(path.read_text("utf-8")).items():
            self.put(sid, description)


def _reason_to_reject(content: Content) -> str:
    body = content.body.strip()
    gaps = list(PLACEHOLDER.finditer(body))
    if gaps and (gaps[0].start() == 0 or gaps[-1].end() == len(body)):
        return "INVALID_FORMAT: variables can't be at the start or end of the template"
    if any(gap[1] not in content.samples for gap in gaps):
        return "INVALID_FORMAT: a variable has no sample"
    return ""


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
        "friendly_name": content.name or f"template_{sid[-6:]}",
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
        "whatsapp": decision(sid, content),
    }


def decision(sid: str, content: Content) -> dict[str, object]:
    return {
        "type": "whatsapp",
        "name": content.submitted_as or f"template_{sid[-6:]}",
        "category": content.category,
        "content_type": content.type,
        "status": content.status,
        "rejection_reason": content.rejection_reason,
        "allow_category_change": True,
        "flows": None,
    }
