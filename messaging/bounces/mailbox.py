"""Read the bounce mailbox by IMAP.

Reports about our messages are stored and removed from the mailbox. Other mails are marked as read
and stay there for people.
"""

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
from messaging.bounces.processing import MAX_MAIL_BYTES, store_mail

log = structlog.get_logger("bounces")

MAX_MAILS = 200
TIMEOUT = 20
PORT, TLS_PORT = 143, 993
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class MailboxResult:
    """How many new mails there were, and how many of them are reports about our messages."""

    mails: int
    reports: int


def read_mailbox() -> MailboxResult | None:
    """Read the new mails. Return None when no mailbox is set or when it cannot be reached."""
    if not settings.BOUNCE_MAILBOX_URL:
        return None
    try:
        with _connect() as connection:
            _open_folder(connection)
            result = _read_new_mails(connection)
    except (OSError, imaplib.IMAP4.error) as error:
        log.warning("bounce_mailbox_failed", error=type(error).__qualname__)
        return None
    if result.mails:
        log.info("bounce_mailbox_read", mails=result.mails, reports=result.reports)
    return result


def _connect() -> imaplib.IMAP4:
    url = urlsplit(settings.BOUNCE_MAILBOX_URL)
    host, port = url.hostname or "", url.port
    if url.scheme == "imaps":
        return imaplib.IMAP4_SSL(
            host, port or TLS_PORT, ssl_context=_tls_context(), timeout=TIMEOUT
        )
    return imaplib.IMAP4(host, port or PORT, timeout=TIMEOUT)


def _open_folder(connection: imaplib.IMAP4) -> None:
    """Log in and open the folder. Without TLS the password is sent only within this machine."""
    url = urlsplit(settings.BOUNCE_MAILBOX_URL)
    if url.scheme != "imaps" and url.hostname not in LOCAL_HOSTS:
        connection.starttls(_tls_context())
    connection.login(unquote(url.username or ""), unquote(url.password or ""))
    folder = unquote(url.path.strip("/")) or "INBOX"
    status, _answer = connection.select(f'"{folder}"')
    if status != "OK":
        raise imaplib.IMAP4.error("no such folder")


def _tls_context() -> ssl.SSLContext:
    return ssl.create_default_context()


def _read_new_mails(connection: imaplib.IMAP4) -> MailboxResult:
    uids = _answer_data(connection.uid("SEARCH", "UNSEEN"))[0].split()[:MAX_MAILS]
    reports = 0
    for uid in map(bytes.decode, uids):
        raw = _fetch_mail(connection, uid)
        # Stored before the mailbox is changed: after a crash it is read again and stored once.
        if raw and _store(raw):
            reports += 1
            connection.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen \Deleted)")
        else:
            connection.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")
    if reports:
        connection.expunge()
    return MailboxResult(len(uids), reports)


def _store(raw: bytes) -> bool:
    """Store a mail. One that we fail to read stays in the mailbox and does not stop the others."""
    try:
        with tenancy.platform("mail report"):
            is_stored = store_mail(raw, key=hashlib.sha256(raw).hexdigest())
            if is_stored:
                task_queue.queue_webhook_processing()
            return is_stored
    except (OSError, DatabaseError):
        raise
    except Exception as error:
        log.error("bounce_mail_not_read", error=type(error).__qualname__)
        return False


def _fetch_mail(connection: imaplib.IMAP4, uid: str) -> bytes:
    answer = connection.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MAX_MAIL_BYTES}>)")[1]
    return next((part[1] for part in answer if isinstance(part, tuple)), b"")


def _answer_data(answer: tuple[str, list[bytes | None]]) -> list[bytes]:
    return [part or b"" for part in answer[1]] or [b""]
