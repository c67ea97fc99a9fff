"""Simulate mailboxes that bounce or complain: send the product a signed report.

The report goes to the product's webhook, as from a mail server that pipes mail to the bounce
address there. Without a URL nothing bounces.
"""

import hashlib
import hmac
import time
from dataclasses import dataclass
from email.utils import formatdate, make_msgid
from types import TracebackType
from typing import Self

from dev.doubles.kit.delivery import Deliveries, Headers

PAUSE = 2.0
MAX_ATTEMPTS = 3

# By the beginning of the local part: the status and the text of the server.
FAILURES = {
    "bounce": ("5.1.1", "550 5.1.1 The email account that you tried to reach does not exist"),
    "full": ("5.2.2", "552 5.2.2 The recipient's inbox is out of storage space"),
    "blocked": ("5.7.1", "550 5.7.1 Message rejected: the sender is on a block list"),
}
COMPLAINT = "spam"

REPORT = """\
Return-Path: <>
From: MAILER-DAEMON@simulator.example (Mail Delivery System)
To: {to}
Date: {date}
Message-ID: {id}
Subject: Report about a mail
Auto-Submitted: auto-generated
MIME-Version: 1.0
Content-Type: multipart/report; report-type={kind}; boundary="=report="

--=report=
Content-Type: text/plain; charset=us-ascii

The simulator's mail server reports about a mail.

--=report=
Content-Type: message/{kind}

{fields}
--=report=
Content-Type: text/rfc822-headers

{headers}
--=report=--
"""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One mail to one recipient, as it came by SMTP."""

    raw: bytes
    mail_from: str
    recipient: str

    @property
    def behaviour(self) -> str:
        """Return what the mailbox does instead of delivering, or an empty string."""
        names = (*FAILURES, COMPLAINT)
        return next((name for name in names if self.recipient.lower().startswith(name)), "")

    @property
    def arrives(self) -> bool:
        return self.behaviour not in FAILURES

    def report(self) -> bytes:
        """Return an RFC 5965 complaint or RFC 3464 delivery status, with the mail's headers."""
        is_complaint = self.behaviour == COMPLAINT
        kind = "feedback-report" if is_complaint else "delivery-status"
        fields = self._complaint() if is_complaint else self._status()
        headers = self.raw.replace(b"\r\n", b"\n").partition(b"\n\n")[0].decode("latin-1")
        text = REPORT.format(
            to=self.mail_from,
            date=formatdate(),
            id=make_msgid(domain="simulator.example"),
            kind=kind,
            fields=fields,
            headers=headers,
        )
        return text.replace("\n", "\r\n").encode("latin-1")

    def _status(self) -> str:
        status, text = FAILURES[self.behaviour]
        return (
            "Reporting-MTA: dns; simulator.example\n\n"
            f"Final-Recipient: rfc822; {self.recipient}\nAction: failed\nStatus: {status}\n"
            f"Diagnostic-Code: smtp; {text}\n"
        )

    def _complaint(self) -> str:
        return (
            "Feedback-Type: abuse\nVersion: 1\nUser-Agent: Simulator/1\n"
            f"Original-Rcpt-To: <{self.recipient}>\n"
        )


class Bouncer:
    def __init__(self, url: str, secret: str) -> None:
        self.url = url
        self.secret = secret
        self._deliveries = Deliveries(max_attempts=MAX_ATTEMPTS)

    async def __aenter__(self) -> Self:
        await self._deliveries.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._deliveries.__aexit__(kind, error, trace)

    def report(self, delivery: Delivery) -> bool:
        """Report the mail if its mailbox bounces or complains. Return whether the mail is shown."""
        if not self.url or not delivery.behaviour:
            return True
        body = delivery.report()
        self._deliveries.send(
            self.url, body, sign=self._sign, first_delay=PAUSE, pause=PAUSE, max_pause=PAUSE
        )
        return delivery.arrives

    def _sign(self, body: bytes) -> Headers:
        timestamp = str(int(time.time()))
        text = timestamp.encode() + b"." + body
        return {
            "Content-Type": "message/rfc822",
            "X-Report-Timestamp": timestamp,
            "X-Report-Signature": hmac.new(self.secret.encode(), text, hashlib.sha256).hexdigest(),
        }
