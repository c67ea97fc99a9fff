"""The addresses that a mail to a patient leaves from, and where reports about it come back to."""

from email.utils import formataddr, parseaddr
from urllib.parse import urlsplit

from django.conf import settings

UNSUBSCRIBE = "u-"


def named(practice: str, sender: str) -> str:
    """The From header: the clinic's name before the address that it sends from."""
    name, address = parseaddr(sender)
    return formataddr((" ".join(practice.split()) or name, address))


def bare(sender: str) -> str:
    return parseaddr(sender)[1]


def envelope(token: str, sender: str) -> str:
    """Where mail servers report to: an address of its own for each message (VERP), if there is a
    bounce mailbox, else the sender's."""
    return _with(token) or bare(sender)


def unsubscribe_mailto(token: str) -> str:
    """For mail programs that unsubscribe by mail. Empty where nobody would read it."""
    address = _with(UNSUBSCRIBE + token) if is_read() else ""
    return f"mailto:{address}?subject=unsubscribe" if address else ""


def is_read() -> bool:
    """Whether what arrives at the bounce address gets to us."""
    return bool(settings.BOUNCE_MAILBOX_URL or settings.MAIL_REPORTS_SECRET)


def message_id(token: str) -> str:
    return f"<{token}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}>"


def _with(extension: str) -> str:
    user, at, domain = settings.BOUNCE_ADDRESS.rpartition("@")
    return f"{user}+{extension}@{domain}" if at else ""
