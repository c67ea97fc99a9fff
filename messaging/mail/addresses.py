"""The sender addresses of a mail to a patient, and where reports about it come back to."""

from email.utils import formataddr, parseaddr
from urllib.parse import urlsplit

from django.conf import settings

UNSUBSCRIBE = "u-"


def format_from(practice: str, sender: str) -> str:
    """Return the From header: the clinic's name and the address that it sends from."""
    name, address = parseaddr(sender)
    return formataddr((" ".join(practice.split()) or name, address))


def bare_address(sender: str) -> str:
    return parseaddr(sender)[1]


def envelope_sender(token: str, sender: str) -> str:
    """Return the address that mail servers report to.

    Each message has its own (VERP) when there is a bounce address; otherwise it is the sender's.
    """
    return _bounce_address(token) or bare_address(sender)


def unsubscribe_mailto(token: str) -> str:
    """Return the link for mail programs that unsubscribe by mail, or "" when nobody reads it."""
    address = _bounce_address(UNSUBSCRIBE + token) if is_bounce_address_read() else ""
    return f"mailto:{address}?subject=unsubscribe" if address else ""


def is_bounce_address_read() -> bool:
    """Return whether mail to the bounce address reaches us, by mailbox or by webhook."""
    return bool(settings.BOUNCE_MAILBOX_URL or settings.MAIL_REPORTS_SECRET)


def message_id(token: str) -> str:
    return f"<{token}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}>"


def _bounce_address(extension: str) -> str:
    user, at, domain = settings.BOUNCE_ADDRESS.rpartition("@")
    return f"{user}+{extension}@{domain}" if at else ""
