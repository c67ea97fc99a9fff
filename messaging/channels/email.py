"""Send e-mails through Django's mail settings, each in a thread."""

import asyncio
import smtplib
from datetime import datetime
from email.mime.image import MIMEImage

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
from workspaces.branding.brands import MailBrand

TEMPORARY = range(400, 500)


class EmailChannel:
    def __init__(self, *, connections: int) -> None:
        self.slots = asyncio.Semaphore(connections)

    async def send(self, message: OutgoingMessage) -> SendOutcome:
        async with self.slots:
            return await asyncio.to_thread(self._send, message)

    async def trace(self, *, sender: str, to: str, body: str, since: datetime) -> ProviderTrace:
        """Return that nothing can be known: a mail server keeps no list of what it accepted."""
        return ProviderTrace(can_tell=False)

    async def close(self) -> None:
        """Do nothing: each message opens and closes its own connection."""

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
            return _outcome_of_refusal(
                *next(iter(error.recipients.values())), names_the_recipient=True
            )
        except smtplib.SMTPResponseException as error:
            return _outcome_of_refusal(error.smtp_code, error.smtp_error)
        except (OSError, smtplib.SMTPException) as error:
            return SendOutcome(SendResult.UNKNOWN, reason=type(error).__name__)
        finally:
            connection.close()
        return SendOutcome(SendResult.ACCEPTED, external_id=token)

    def mail(self, message: OutgoingMessage, token: str) -> EmailMultiAlternatives:
        """Build the mail: the same content as text and as HTML, and headers to unsubscribe.

        `from_email` is the envelope sender, because a From header is given as well.
        """
        with translation.override(message.language):
            html = rendering.render_html(message)
        unsubscribe_links = filter(
            None, (addresses.unsubscribe_mailto(token), message.opt_out_link)
        )
        headers = {
            "From": addresses.format_from(message.practice, message.sender),
            "Message-ID": addresses.message_id(token),
            "List-Unsubscribe": ", ".join(f"<{link}>" for link in unsubscribe_links),
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
        if message.brand.logo:
            _attach_logo(mail, message.brand)
        return mail


def _attach_logo(mail: EmailMultiAlternatives, brand: MailBrand) -> None:
    """Add the logo as a part of the HTML and not as an attachment (RFC 2387)."""
    logo = MIMEImage(brand.logo, brand.logo_type.partition("/")[2])
    logo["Content-ID"] = f"<{rendering.LOGO_ID}>"
    logo["Content-Disposition"] = "inline"
    mail.mixed_subtype = "related"
    mail.attach(logo)


def _outcome_of_refusal(
    code: int, reply: bytes | str, *, names_the_recipient: bool = False
) -> SendOutcome:
    """Only a refused recipient can mean that the address does not exist."""
    if code in TEMPORARY:
        return SendOutcome(SendResult.RETRY, code=str(code), retry_after=300)
    text = reply.decode(errors="replace") if isinstance(reply, bytes) else reply
    meaning = diagnose_failure(text=f"{code} {text}") if names_the_recipient else REFUSED
    return SendOutcome(SendResult.REJECTED, code=meaning, reason="the mail server refused it")
