"""Read a mail from the bounce mailbox: which message it is about, and what happened to it.

Standard reports follow RFC 3464 (delivery status) and RFC 5965 (complaints). Many servers write
free text in the language of their country. A report counts only with a token that we signed.
"""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from enum import StrEnum

from messaging.bounces.diagnosis import STATUS, diagnose_failure
from messaging.mail import tokens
from messaging.mail.addresses import UNSUBSCRIBE
from messaging.mail.tokens import MailToken

MAX_TEXT_LENGTH = 20_000
# Our mails have one recipient. A report about many is not about a mail of ours.
MAX_RECIPIENTS = 20
# Neither can begin inside of another match, so a hostile mail takes no longer than others.
TAG = re.compile(r"<[^<>]*>")
ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


class ReportKind(StrEnum):
    BOUNCE = "bounce"
    DELAY = "delay"
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    OTHER = "other"


@dataclass(frozen=True)
class BounceReport:
    kind: ReportKind
    token: MailToken
    code: str = ""
    # The recipients in the report. Behind a forwarding address they may be somebody else's.
    recipients: tuple[str, ...] = ()


ENVELOPE = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
COMPLAINTS = {"abuse", "fraud", "opt-out", "opt-out-list"}
MACHINE_SENDERS = re.compile(
    r"mailer-daemon|postmaster|mail delivery|microsoftexchange", re.IGNORECASE
)
UNDELIVERED = re.compile(
    r"undeliver|not delivered|delivery (has )?(status|fail)|delivery.{0,200}(fail|unsuccess)"
    r"|returned mail"
    r"|failure notice|mail system error|no se (ha )?(podido|pudo) entregar|no entregad|no se entreg"
    r"|devuelto|rechazad|error (de|en la) entrega|n[aã]o (foi )?entreg"
    r"|n[aã]o (foi poss[ií]vel|p[oô]de)"
    r"|devolvid|falha (na|de) entrega",
    re.IGNORECASE,
)
DELAYED = re.compile(
    r"delay|still being retried|warning: could not|will (keep|continue) (re)?try|retras|demora"
    r"|se seguir[aá] intentando|atras|adiad|continuar[aá] tentando",
    re.IGNORECASE,
)
# Here a report begins to quote our own mail, whose text must not be read as the server's.
OUR_MAIL = re.compile(
    r"^--.*(copy|original|below this line|copia|c[oó]pia|returned).*$|^Original message headers:"
    r"|^(Message-ID|List-Unsubscribe):",
    re.IGNORECASE | re.MULTILINE,
)


def read_report(raw: bytes) -> BounceReport | None:
    """Return the report, or None unless the mail has exactly one token that we signed."""
    try:
        return _read_mail(email.message_from_bytes(raw))
    except RecursionError:
        # Parts nested deeper than any mail server writes.
        return None


def _read_mail(mail: Message) -> BounceReport | None:
    to = " ".join(_read_header(mail, name) for name in ENVELOPE)
    token = tokens.find_token(to) or tokens.find_token(_all_text(mail))
    if token is None:
        return None
    if re.search(rf"\+{UNSUBSCRIBE}[a-z2-7]{{{tokens.LENGTH}}}@", to, re.IGNORECASE):
        senders = tuple(address for _name, address in getaddresses([_read_header(mail, "From")]))
        return BounceReport(ReportKind.UNSUBSCRIBE, token, recipients=senders)
    return (
        _read_complaint(mail, token)
        or _read_delivery_status(mail, token)
        or _read_free_text(mail, token)
    )


def _read_complaint(mail: Message, token: MailToken) -> BounceReport | None:
    part = _find_part(mail, "message/feedback-report")
    if part is None:
        return None
    fields = _read_blocks(part)[0]
    is_complaint = fields.get("feedback-type", "").lower() in COMPLAINTS
    recipients = tuple(_parse_address(fields.get(name, "")) for name in ("original-rcpt-to",))
    return BounceReport(
        ReportKind.COMPLAINT if is_complaint else ReportKind.OTHER, token, recipients=recipients
    )


def _read_delivery_status(mail: Message, token: MailToken) -> BounceReport | None:
    part = _find_part(mail, "message/delivery-status")
    if part is None:
        return None
    # The first block is about the mail, each of the others about one recipient.
    blocks = [block for block in _read_blocks(part) if {"action", "status"} & block.keys()]
    words = _server_text(mail)
    reports = [_read_recipient(block, words, token) for block in blocks[:MAX_RECIPIENTS]]
    order = (ReportKind.BOUNCE, ReportKind.DELAY, ReportKind.OTHER)
    return min(reports, key=lambda report: order.index(report.kind), default=None)


def _read_recipient(fields: dict[str, str], words: str, token: MailToken) -> BounceReport:
    action, status = fields.get("action", "").lower(), fields.get("status", "")
    named = ("original-recipient", "final-recipient")
    recipients = tuple(_parse_address(fields.get(name, "")) for name in named)
    found = STATUS.search(status)
    if not action:
        action = {"5": "failed", "4": "delayed"}.get(found[0][0] if found else "", "")
    if action.startswith("delayed"):
        return BounceReport(ReportKind.DELAY, token, recipients=recipients)
    if not action.startswith("failed"):
        return BounceReport(ReportKind.OTHER, token, recipients=recipients)
    server_text = fields.get("diagnostic-code", "")[:MAX_TEXT_LENGTH] or words
    code = diagnose_failure(text=server_text, status=status) or diagnose_failure(
        text=words, status=status
    )
    return BounceReport(ReportKind.BOUNCE if code else ReportKind.OTHER, token, code, recipients)


def _read_free_text(mail: Message, token: MailToken) -> BounceReport:
    """Read a report in free text. A reply of a person, or an absence note, is not a report."""
    subject, sender = _read_header(mail, "Subject"), _read_header(mail, "From")
    failed = _read_header(mail, "X-Failed-Recipients")
    names_failure = bool(failed or UNDELIVERED.search(subject))
    # Exim and Gmail mark their reports as auto-replied, like absence notes.
    is_answer = "auto-replied" in _read_header(mail, "Auto-Submitted").lower()
    is_machine = failed or MACHINE_SENDERS.search(sender)
    is_report = names_failure or _read_header(mail, "Return-Path") == "<>"
    if not is_machine and (is_answer or not is_report):
        return BounceReport(ReportKind.OTHER, token)
    words = _server_text(mail)
    recipients = tuple(ADDRESS.findall(words))[:10]
    if DELAYED.search(subject) or (not names_failure and DELAYED.search(words)):
        return BounceReport(ReportKind.DELAY, token, recipients=recipients)
    code = diagnose_failure(text=words) if names_failure or UNDELIVERED.search(words) else ""
    return BounceReport(ReportKind.BOUNCE if code else ReportKind.OTHER, token, code, recipients)


def _find_part(mail: Message, kind: str) -> Message | None:
    return next((part for part in mail.walk() if part.get_content_type() == kind), None)


def _read_blocks(part: Message) -> list[dict[str, str]]:
    """Return the blocks of a machine-readable part. The parser splits only some of them."""
    payload = part.get_payload()
    blocks = payload if isinstance(payload, list) else []
    found = [
        {name.lower(): _decode_header(str(value)) for name, value in block.items()}
        for block in blocks
        if isinstance(block, Message)
    ]
    if any(found):
        return found
    text = _decode_part(part)
    return [
        {
            name.lower(): _decode_header(str(value))
            for name, value in email.message_from_string(one).items()
        }
        for one in re.split(r"\r?\n\r?\n", text.strip())
    ]


def _server_text(mail: Message) -> str:
    """Return the server's text, without the mail of ours that it quotes."""
    parts = []
    for part in _parts_without_ours(mail):
        if part.get_content_type() == "text/plain":
            parts.append(_decode_part(part))
        elif part.get_content_type() == "text/html":
            parts.append(TAG.sub(" ", _decode_part(part)))
    words = "\n".join(parts)[:MAX_TEXT_LENGTH]
    repeated = OUR_MAIL.search(words)
    return words[: repeated.start()] if repeated else words


def _parts_without_ours(mail: Message) -> Iterator[Message]:
    if mail.get_content_type() == "message/rfc822":
        return
    payload = mail.get_payload()
    if mail.is_multipart() and isinstance(payload, list):
        for part in payload:
            if isinstance(part, Message):
                yield from _parts_without_ours(part)
    else:
        yield mail


def _all_text(mail: Message) -> str:
    """Return all headers and texts, decoded, to search them for a token."""
    pieces: list[str] = []
    for part in mail.walk():
        pieces += [_decode_header(str(value)) for _name, value in part.items()]
        if not part.is_multipart():
            pieces.append(_decode_part(part))
    return "\n".join(pieces)


def _decode_part(part: Message) -> str:
    payload = part.get_payload(decode=True)
    content = (
        payload if isinstance(payload, bytes) else str(part.get_payload()).encode(errors="replace")
    )
    try:
        return content.decode(part.get_content_charset() or "utf-8", errors="replace")
    except LookupError:
        return content.decode("latin-1")


def _read_header(mail: Message, name: str) -> str:
    return " ".join(_decode_header(str(value)) for value in mail.get_all(name, []))


def _decode_header(value: str) -> str:
    """Return a header decoded and on one line. One that is encoded wrongly stays as it is."""
    unfolded = " ".join(value.split())
    try:
        return str(make_header(decode_header(unfolded)))
    except (LookupError, ValueError):
        return unfolded


def _parse_address(value: str) -> str:
    """Return ana@example.com for `rfc822; Ana <ana@example.com>`."""
    return value.rpartition(";")[2].strip().strip("<>").lower()
