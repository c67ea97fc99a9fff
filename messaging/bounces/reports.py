"""What a mail in the bounce mailbox is about: which message of ours, and what became of it.

Standard reports are RFC 3464 (delivery status) and RFC 5965 (complaints). Many servers write their
own, in the language of their country. Those are read with care; only what we signed counts.
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

LONGEST_TEXT = 20_000
# Ours have one; a report about more is not about a mail of ours.
MOST_RECIPIENTS = 20
# Neither begins in the middle of what it could match, so a mail of nothing else costs no more.
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
    # Who the report names. They may be somebody else, behind a forwarding address.
    recipients: tuple[str, ...] = ()


ENVELOPE = ("Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To", "To")
COMPLAINTS = {"abuse", "fraud", "opt-out", "opt-out-list"}
MACHINES = re.compile(r"mailer-daemon|postmaster|mail delivery|microsoftexchange", re.IGNORECASE)
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
# Where a report begins to repeat our own mail, whose words must not be taken for the server's.
OUR_MAIL = re.compile(
    r"^--.*(copy|original|below this line|copia|c[oó]pia|returned).*$|^Original message headers:"
    r"|^(Message-ID|List-Unsubscribe):",
    re.IGNORECASE | re.MULTILINE,
)


def read(raw: bytes) -> BounceReport | None:
    """None unless the mail carries a token that we signed, and only one."""
    try:
        return _read(email.message_from_bytes(raw))
    except RecursionError:
        # Parts within parts, deeper than any mail server writes.
        return None


def _read(mail: Message) -> BounceReport | None:
    to = " ".join(_header(mail, name) for name in ENVELOPE)
    token = tokens.find_token(to) or tokens.find_token(_everything(mail))
    if token is None:
        return None
    if re.search(rf"\+{UNSUBSCRIBE}[a-z2-7]{{{tokens.LENGTH}}}@", to, re.IGNORECASE):
        senders = tuple(address for _name, address in getaddresses([_header(mail, "From")]))
        return BounceReport(ReportKind.UNSUBSCRIBE, token, recipients=senders)
    return _complaint(mail, token) or _status(mail, token) or _in_words(mail, token)


def _complaint(mail: Message, token: MailToken) -> BounceReport | None:
    part = _part(mail, "message/feedback-report")
    if part is None:
        return None
    fields = _fields(part)[0]
    is_one = fields.get("feedback-type", "").lower() in COMPLAINTS
    recipients = tuple(_address(fields.get(name, "")) for name in ("original-rcpt-to",))
    return BounceReport(
        ReportKind.COMPLAINT if is_one else ReportKind.OTHER, token, recipients=recipients
    )


def _status(mail: Message, token: MailToken) -> BounceReport | None:
    part = _part(mail, "message/delivery-status")
    if part is None:
        return None
    # The first block is about the mail, each of the others about one recipient.
    blocks = [block for block in _fields(part) if {"action", "status"} & block.keys()]
    words = _words(mail)
    reports = [_of_recipient(block, words, token) for block in blocks[:MOST_RECIPIENTS]]
    order = (ReportKind.BOUNCE, ReportKind.DELAY, ReportKind.OTHER)
    return min(reports, key=lambda report: order.index(report.kind), default=None)


def _of_recipient(fields: dict[str, str], words: str, token: MailToken) -> BounceReport:
    action, status = fields.get("action", "").lower(), fields.get("status", "")
    named = ("original-recipient", "final-recipient")
    recipients = tuple(_address(fields.get(name, "")) for name in named)
    found = STATUS.search(status)
    if not action:
        action = {"5": "failed", "4": "delayed"}.get(found[0][0] if found else "", "")
    if action.startswith("delayed"):
        return BounceReport(ReportKind.DELAY, token, recipients=recipients)
    if not action.startswith("failed"):
        return BounceReport(ReportKind.OTHER, token, recipients=recipients)
    said = fields.get("diagnostic-code", "")[:LONGEST_TEXT] or words
    code = diagnose_failure(said=said, status=status) or diagnose_failure(said=words, status=status)
    return BounceReport(ReportKind.BOUNCE if code else ReportKind.OTHER, token, code, recipients)


def _in_words(mail: Message, token: MailToken) -> BounceReport:
    """A report in a form of the server's own. An answer by a person or by their absence is none."""
    subject, sender = _header(mail, "Subject"), _header(mail, "From")
    failed = _header(mail, "X-Failed-Recipients")
    names_failure = bool(failed or UNDELIVERED.search(subject))
    # Exim and Gmail call their reports auto-replied, as an absence note is called too.
    is_answer = "auto-replied" in _header(mail, "Auto-Submitted").lower()
    is_machine = failed or MACHINES.search(sender)
    is_report = names_failure or _header(mail, "Return-Path") == "<>"
    if not is_machine and (is_answer or not is_report):
        return BounceReport(ReportKind.OTHER, token)
    words = _words(mail)
    recipients = tuple(ADDRESS.findall(words))[:10]
    if DELAYED.search(subject) or (not names_failure and DELAYED.search(words)):
        return BounceReport(ReportKind.DELAY, token, recipients=recipients)
    code = diagnose_failure(said=words) if names_failure or UNDELIVERED.search(words) else ""
    return BounceReport(ReportKind.BOUNCE if code else ReportKind.OTHER, token, code, recipients)


def _part(mail: Message, kind: str) -> Message | None:
    return next((part for part in mail.walk() if part.get_content_type() == kind), None)


def _fields(part: Message) -> list[dict[str, str]]:
    """The blocks of a machine-readable part, whether or not the parser took them apart."""
    payload = part.get_payload()
    blocks = payload if isinstance(payload, list) else []
    found = [
        {name.lower(): _plain(str(value)) for name, value in block.items()}
        for block in blocks
        if isinstance(block, Message)
    ]
    if any(found):
        return found
    text = _decoded(part)
    return [
        {name.lower(): _plain(str(value)) for name, value in email.message_from_string(one).items()}
        for one in re.split(r"\r?\n\r?\n", text.strip())
    ]


def _words(mail: Message) -> str:
    """What the server says in its own words, without the mail of ours that it returns."""
    parts = []
    for part in _own_parts(mail):
        if part.get_content_type() == "text/plain":
            parts.append(_decoded(part))
        elif part.get_content_type() == "text/html":
            parts.append(TAG.sub(" ", _decoded(part)))
    words = "\n".join(parts)[:LONGEST_TEXT]
    repeated = OUR_MAIL.search(words)
    return words[: repeated.start()] if repeated else words


def _own_parts(mail: Message) -> Iterator[Message]:
    if mail.get_content_type() == "message/rfc822":
        return
    payload = mail.get_payload()
    if mail.is_multipart() and isinstance(payload, list):
        for part in payload:
            if isinstance(part, Message):
                yield from _own_parts(part)
    else:
        yield mail


def _everything(mail: Message) -> str:
    """All headers and texts, decoded, in which a token may stand."""
    pieces: list[str] = []
    for part in mail.walk():
        pieces += [_plain(str(value)) for _name, value in part.items()]
        if not part.is_multipart():
            pieces.append(_decoded(part))
    return "\n".join(pieces)


def _decoded(part: Message) -> str:
    payload = part.get_payload(decode=True)
    content = (
        payload if isinstance(payload, bytes) else str(part.get_payload()).encode(errors="replace")
    )
    try:
        return content.decode(part.get_content_charset() or "utf-8", errors="replace")
    except LookupError:
        return content.decode("latin-1")


def _header(mail: Message, name: str) -> str:
    return " ".join(_plain(str(value)) for value in mail.get_all(name, []))


def _plain(value: str) -> str:
    """A header on one line, in letters. Some are encoded wrongly, and stay as they are."""
    unfolded = " ".join(value.split())
    try:
        return str(make_header(decode_header(unfolded)))
    except (LookupError, ValueError):
        return unfolded


def _address(value: str) -> str:
    """`rfc822; Ana <ana@example.com>` is ana@example.com."""
    return value.rpartition(";")[2].strip().strip("<>").lower()
