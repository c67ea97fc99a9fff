"""E-mail through Django's mail settings, in a thread of its own for each message."""

import asyncio
import smtplib
from datetime import datetime

from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils import translation

from messaging.bounces.diagnosis import REFUSED, diagnose_failure
from messaging.channels.protocol import (
    OutgoingMessage,
    ProviderTrace,
    SendOutcome,
    SendResult,
    wait_after_refusal,
)
from messaging.mail import addresses, rendering, tokens
from templates_app.models import MessageType

TEMPORARY = range(400, 500)


class EmailChannel:
    def __init__(self, *, connections: int) -> None:
        self.slots = asyncio.Semaphore(connections)

    async def send(self, message: OutgoingMessage) -> SendOutcome:
        async with self.slots:
            return await asyncio.to_thread(self._send, message)

    async def trace(self, *, sender: str, to: str, body: str, since: datetime) -> ProviderTrace:
        """Mail servers keep no list that one could ask."""
        return ProviderTrace(can_tell=False)

    async def close(self) -> None:
        """Nothing stays open between two messages."""

    def _send(self, message: OutgoingMessage) -> SendOutcome:
        connection = get_connection()
        try:
            connection.open()
        except smtplib.SMTPAuthenticationError as error:
            return SendOutcome(
                SendResult.PAUSED,
                code=str(error.smtp_code),
                reason="the mail login is refused",
                retry_after=wait_after_refusal(message.attempt),
            )
        except (OSError, smtplib.SMTPException) as error:
            return SendOutcome(SendResult.RETRY, reason=type(error).__name__, retry_after=30)
        token = tokens.make_token(
            message_id=message.id, attempt=message.attempt, address=message.to
        )
        try:
            connection.send_messages([self.mail(message, token)])
        except smtplib.SMTPRecipientsRefused as error:
            return _refused(*next(iter(error.recipients.values())), names_the_recipient=True)
        except smtplib.SMTPResponseException as error:
            return _refused(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            return SendOutcome(SendResult.UNKNOWN, reason=type(error).__name__)
        finally:
            connection.close()
        return SendOutcome(SendResult.ACCEPTED, external_id=token)

    def mail(self, message: OutgoingMessage, token: str) -> EmailMultiAlternatives:
        """A text part and an HTML part that say the same, and a way out that mail programs show.

        Django takes `from_email` for the envelope when a From header is given beside it.
        """
        with translation.override(message.language):
            html = rendering.render_html(message)
        ways_out = filter(None, (addresses.unsubscribe_mailto(token), message.opt_out_link))
        headers = {
            "From": addresses.format_from(message.practice, message.sender),
            "Message-ID": addresses.message_id(token),
            "List-Unsubscribe": ", ".join(f"<{way}>" for way in ways_out),
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
        if message.type != MessageType.ANSWER:
            headers["Auto-Submitted"] = "auto-generated"
        mail = EmailMultiAlternatives(
            subject=" ".join((message.subject or message.practice).split()),
            body=rendering.render_text(message),
            from_email=addresses.envelope_sender(token, message.sender),
            to=[message.to],
            headers=headers,
        )
        mail.attach_alternative(html, "text/html")
        return mail


def _refused(code: int, said: bytes | str, *, names_the_recipient: bool = False) -> SendOutcome:
    """A refused recipient may not exist; any other refusal is about us or about the mail."""
    if code in TEMPORARY:
        return SendOutcome(SendResult.RETRY, code=str(code), retry_after=300)
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    meaning = diagnose_failure(text=f"{code} {words}") if names_the_recipient else REFUSED
    return SendOutcome(SendResult.REJECTED, code=meaning, reason="the mail server refused it")
