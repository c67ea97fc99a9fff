"""E-mail through Django's mail settings, in a thread of its own for each message."""

import asyncio
import smtplib
from datetime import datetime

from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils import translation

from messaging.bounces.diagnosing import REFUSED, diagnose
from messaging.channels.protocol import Fate, Outcome, Outgoing, Trace, wait_after_refusal
from messaging.mail import addresses, rendering, tokens
from templates_app.models import MessageType

TEMPORARY = range(400, 500)


class Email:
    def __init__(self, *, connections: int) -> None:
        self.slots = asyncio.Semaphore(connections)

    async def send(self, message: Outgoing) -> Outcome:
        async with self.slots:
            return await asyncio.to_thread(self._send, message)

    async def trace(self, *, sender: str, to: str, body: str, since: datetime) -> Trace:
        """Mail servers keep no list that one could ask."""
        return Trace(can_tell=False)

    async def close(self) -> None:
        """Nothing stays open between two messages."""

    def _send(self, message: Outgoing) -> Outcome:
        connection = get_connection()
        try:
            connection.open()
        except smtplib.SMTPAuthenticationError as error:
            return Outcome(
                Fate.PAUSED,
                code=str(error.smtp_code),
                reason="the mail login is refused",
                retry_after=wait_after_refusal(message.attempt),
            )
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(Fate.RETRY, reason=type(error).__name__, retry_after=30)
        token = tokens.make(message_id=message.id, attempt=message.attempt, address=message.to)
        try:
            connection.send_messages([self.mail(message, token)])
        except smtplib.SMTPRecipientsRefused as error:
            return _refused(*next(iter(error.recipients.values())), names_the_recipient=True)
        except smtplib.SMTPResponseException as error:
            return _refused(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(Fate.UNKNOWN, reason=type(error).__name__)
        finally:
            connection.close()
        return Outcome(Fate.ACCEPTED, external_id=token)

    def mail(self, message: Outgoing, token: str) -> EmailMultiAlternatives:
        """A text part and an HTML part that say the same, and a way out that mail programs show.

        Django takes `from_email` for the envelope when a From header is given beside it.
        """
        with translation.override(message.language):
            html = rendering.html(message)
        ways_out = filter(None, (addresses.unsubscribe_mailto(token), message.opt_out_link))
        headers = {
            "From": addresses.named(message.practice, message.sender),
            "Message-ID": addresses.message_id(token),
            "List-Unsubscribe": ", ".join(f"<{way}>" for way in ways_out),
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        }
        if message.type != MessageType.ANSWER:
            headers["Auto-Submitted"] = "auto-generated"
        mail = EmailMultiAlternatives(
            subject=" ".join((message.subject or message.practice).split()),
            body=rendering.text(message),
            from_email=addresses.envelope(token, message.sender),
            to=[message.to],
            headers=headers,
        )
        mail.attach_alternative(html, "text/html")
        return mail


def _refused(code: int, said: bytes | str, *, names_the_recipient: bool = False) -> Outcome:
    """A refused recipient may not exist; any other refusal is about us or about the mail."""
    if code in TEMPORARY:
        return Outcome(Fate.RETRY, code=str(code), retry_after=300)
    words = said.decode(errors="replace") if isinstance(said, bytes) else said
    meaning = diagnose(said=f"{code} {words}") if names_the_recipient else REFUSED
    return Outcome(Fate.REJECTED, code=meaning, reason="the mail server refused it")
