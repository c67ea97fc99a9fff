"""E-mail through Django's mail settings, in a thread of its own for each message."""

import asyncio
import smtplib
from datetime import datetime
from email.utils import make_msgid

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.html import escape, urlize
from django.utils.safestring import mark_safe

from messaging.channels.protocol import Fate, Outcome, Outgoing, Trace, wait_after_refusal

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
        mail = self.mail(message)
        try:
            connection.send_messages([mail])
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            return _refused(code)
        except smtplib.SMTPResponseException as error:
            return _refused(error.smtp_code)
        except (OSError, smtplib.SMTPException) as error:
            return Outcome(Fate.UNKNOWN, reason=type(error).__name__)
        finally:
            connection.close()
        return Outcome(Fate.ACCEPTED, external_id=str(mail.extra_headers["Message-ID"]))

    def mail(self, message: Outgoing) -> EmailMultiAlternatives:
        """A text part and an HTML part that say the same, and a way out that mail programs show."""
        with translation.override(message.language):
            html = render_to_string(
                "messaging/mail/message.html",
                {
                    "subject": message.subject,
                    "practice": message.practice,
                    "paragraphs": [
                        mark_safe(urlize(escape(part), nofollow=True))  # noqa: S308 - escaped here
                        for part in message.body.split("\n")
                        if part.strip()
                    ],
                    "opt_out_link": message.opt_out_link,
                    "language": message.language,
                },
            )
        mail = EmailMultiAlternatives(
            subject=message.subject or message.practice,
            body=message.body,
            from_email=message.sender,
            to=[message.to],
            headers={
                "Message-ID": make_msgid(domain=settings.SITE_URL.split("//")[-1].split(":")[0]),
                "List-Unsubscribe": f"<{message.opt_out_link}>",
                "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            },
        )
        mail.attach_alternative(html, "text/html")
        return mail


def _refused(code: int) -> Outcome:
    if code in TEMPORARY:
        return Outcome(Fate.RETRY, code=str(code), retry_after=300)
    return Outcome(Fate.REJECTED, code=str(code), reason="the mail server refused it")
