"""The bounce mailbox, read by IMAP. What concerns our messages is kept and removed from the
mailbox; the rest is marked as read and stays there for people."""

import hashlib
import imaplib
import ssl
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

import structlog
from django.conf import settings
from django.db import DatabaseError

from core import tenancy
from messaging import task_queue
from messaging.bounces.processing import LONGEST_MAIL, keep_mail

log = structlog.get_logger("bounces")

AT_ONCE = 200
TIMEOUT = 20
PORT, TLS_PORT = 143, 993
HERE = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class Read:
    """How many new mails there were, and how many of them are about messages of ours."""

    mails: int
    reports: int


def read_new() -> Read | None:
    """Read what is new. None when no mailbox is set, or when it cannot be reached."""
    if not settings.BOUNCE_MAILBOX_URL:
        return None
    try:
        with _connect() as connection:
            _open_folder(connection)
            read = _read(connection)
    except (OSError, imaplib.IMAP4.error) as error:
        log.warning("bounce_mailbox_failed", error=type(error).__qualname__)
        return None
    if read.mails:
        log.info("bounce_mailbox_read", mails=read.mails, reports=read.reports)
    return read


def _connect() -> imaplib.IMAP4:
    url = urlsplit(settings.BOUNCE_MAILBOX_URL)
    host, port = url.hostname or "", url.port
    if url.scheme == "imaps":
        return imaplib.IMAP4_SSL(host, port or TLS_PORT, ssl_context=_context(), timeout=TIMEOUT)
    return imaplib.IMAP4(host, port or PORT, timeout=TIMEOUT)


def _open_folder(connection: imaplib.IMAP4) -> None:
    """Sign in and open the folder. The password never travels without TLS, but on this machine."""
    url = urlsplit(settings.BOUNCE_MAILBOX_URL)
    if url.scheme != "imaps" and url.hostname not in HERE:
        connection.starttls(_context())
    connection.login(unquote(url.username or ""), unquote(url.password or ""))
    folder = unquote(url.path.strip("/")) or "INBOX"
    status, _answer = connection.select(f'"{folder}"')
    if status != "OK":
        raise imaplib.IMAP4.error("no such folder")


def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


def _read(connection: imaplib.IMAP4) -> Read:
    numbers = _data(connection.uid("SEARCH", "UNSEEN"))[0].split()[:AT_ONCE]
    reports = 0
    for number in map(bytes.decode, numbers):
        raw = _mail(connection, number)
        # Stored before the mail is touched: after a crash it is read again, and kept once.
        if raw and _keep(raw):
            reports += 1
            connection.uid("STORE", number, "+FLAGS.SILENT", r"(\Seen \Deleted)")
        else:
            connection.uid("STORE", number, "+FLAGS.SILENT", r"(\Seen)")
    if reports:
        connection.expunge()
    return Read(len(numbers), reports)


def _keep(raw: bytes) -> bool:
    """A mail that breaks the reader stays in the mailbox, read, and keeps none of the others."""
    try:
        with tenancy.platform("mail report"):
            kept = keep_mail(raw, key=hashlib.sha256(raw).hexdigest())
            if kept:
                task_queue.queue_webhook_processing()
            return kept
    except (OSError, DatabaseError):
        raise
    except Exception as error:
        log.error("bounce_mail_not_read", error=type(error).__qualname__)
        return False


def _mail(connection: imaplib.IMAP4, number: str) -> bytes:
    answer = connection.uid("FETCH", number, f"(BODY.PEEK[]<0.{LONGEST_MAIL}>)")[1]
    return next((part[1] for part in answer if isinstance(part, tuple)), b"")


def _data(answer: tuple[str, list[bytes | None]]) -> list[bytes]:
    return [part or b"" for part in answer[1]] or [b""]
