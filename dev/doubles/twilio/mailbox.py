"""A mail server that accepts every mail and shows it on the recipient's page unless it bounces."""

import asyncio
import email
import email.policy
import re
from base64 import b64encode
from email.message import EmailMessage
from email.utils import parseaddr

from aiosmtpd.smtp import SMTP, Envelope, Session

from dev.doubles.twilio.bouncing import Bouncer, Delivery
from dev.doubles.twilio.state import Mail, State

LARGEST = 5_000_000
LINK = re.compile(r"<(https?://[^>\s]+)>")


class Mailbox:
    def __init__(self, state: State, bouncer: Bouncer) -> None:
        self.state = state
        self.bouncer = bouncer

    async def listen(self, host: str, port: int) -> asyncio.Server:
        loop = asyncio.get_running_loop()
        return await loop.create_server(self._conversation, host, port)

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls it by this name
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content or b""
        raw = content.encode() if isinstance(content, str) else content
        for recipient in envelope.rcpt_tos:
            if self.bouncer.report(Delivery(raw, envelope.mail_from or "", recipient)):
                self.state.add_mail(read(raw, recipient))
        return "250 OK"

    def _conversation(self) -> SMTP:
        return SMTP(
            self,
            hostname="localhost",
            ident="Simulator",
            enable_SMTPUTF8=True,
            data_size_limit=LARGEST,
        )


def read(raw: bytes, recipient: str) -> Mail:
    message = email.message_from_bytes(raw, policy=email.policy.default)
    name, address = parseaddr(_header(message, "From"))
    link = LINK.search(_header(message, "List-Unsubscribe"))
    return Mail(
        to=recipient.lower(),
        sender=name or address,
        subject=_header(message, "Subject"),
        text=_part(message, "plain"),
        html=_with_pictures(message, _part(message, "html")),
        unsubscribe=link[1] if link else "",
    )


def _with_pictures(message: EmailMessage, html: str) -> str:
    """Put the pictures that are part of the mail into its HTML, as mail programs show them."""
    for part in message.walk():
        name = str(part.get("Content-ID", "")).strip("<>")
        if name and part.get_content_maintype() == "image":
            data = b64encode(bytes(part.get_payload(decode=True) or b"")).decode()
            html = html.replace(f"cid:{name}", f"data:{part.get_content_type()};base64,{data}")
    return html


def _header(message: EmailMessage, name: str) -> str:
    try:
        return str(message.get(name, ""))
    except Exception:  # the standard parser gives up on some malformed headers in many ways
        return ""


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    if part is None:
        return ""
    try:
        return str(part.get_content())
    except (LookupError, ValueError):
        return bytes(part.get_payload(decode=True) or b"").decode(errors="replace")
