"""Mails as the channel sends them, with the texts of a new clinic, and how they are read back."""

import asyncio
from email import message_from_bytes, policy
from email.message import EmailMessage
from html.parser import HTMLParser
from typing import Any
from uuid import UUID

from django.core import mail

from core.ids import uuid7
from messaging.channels import OutgoingMessage, SendOutcome
from messaging.channels.email import EmailChannel
from templates_app.defaults import DEFAULTS
from templates_app.rendering import render_template_text

SITE = "https://opiniones.example.com"
TOKEN = "Ab3dE9fGh2"
PATIENT = "ximena.guaman@correo.ec"
PRACTICE = "Consultorio Sol & Peña"
LINKS = {
    "ratingLink": f"{SITE}/r/{TOKEN}",
    "reviewLink": f"{SITE}/v/{TOKEN}",
    "feedbackLink": f"{SITE}/f/{TOKEN}",
    "optOutLink": f"{SITE}/o/{TOKEN}",
}
VALUES = {"name": "Ximena Guamán", "firstName": "Ximena", "practice": PRACTICE, **LINKS}


class Page(HTMLParser):
    """The links, the texts and the tags of an HTML part."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.links: dict[str, dict[str, str | None]] = {}
        self.styles: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self._silent = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        self.styles.append(found.get("style") or "")
        self._silent = tag in {"style", "title"}
        if tag == "a":
            self.links[found["href"] or ""] = found

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the parser calls it so
        self._silent = False

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words += data


def outgoing(type: str, language: str = "es", **fields: Any) -> OutgoingMessage:
    """A message with the built-in text of its type."""
    fitting = [text for text in DEFAULTS if (text.type, text.language) == (type, language)]
    chosen = next((text for text in fitting if text.channel == "EMAIL"), None)
    chosen = chosen or next((text for text in fitting if not text.channel), None)
    values: dict[str, Any] = {
        "id": uuid7(),
        "attempt": 1,
        "workspace_id": UUID(int=1),
        "sender_id": UUID(int=2),
        "sender": "Opiniones <hola@opiniones.example.com>",
        "to": PATIENT,
        "body": render_template_text(chosen.content, VALUES) if chosen else "",
        "subject": render_template_text(chosen.subject, VALUES) if chosen else "",
        "language": language,
        "type": type,
        "practice": PRACTICE,
        "opt_out_link": LINKS["optOutLink"],
        "links": LINKS,
    }
    return OutgoingMessage(**values | fields)


def send(message: OutgoingMessage) -> tuple[SendOutcome, EmailMessage]:
    """What became of it, and the mail as a mail server got it."""
    mail.outbox.clear()
    outcome = send_only(message)
    (sent,) = mail.outbox
    parsed = message_from_bytes(sent.message().as_bytes(), policy=policy.default)
    assert isinstance(parsed, EmailMessage)
    parsed["X-Envelope-From"] = sent.from_email
    return outcome, parsed


def send_only(message: OutgoingMessage) -> SendOutcome:
    return asyncio.run(EmailChannel(connections=1).send(message))


def part(sent: EmailMessage, kind: str) -> str:
    found = sent.get_body((kind,))
    assert found
    return str(found.get_content())
