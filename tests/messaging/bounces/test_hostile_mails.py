"""Reading a hostile mail takes time in proportion to its length.

Anyone can write to the bounce mailbox, and everybody who received a mail of ours has a valid token.
The same workers read opt-outs, so a slow mail would delay a STOP.
"""

import time
from uuid import uuid4

import pytest

from messaging.bounces import reports
from messaging.bounces.processing import MAX_MAIL_BYTES
from messaging.mail import tokens

# Eight times the mail: eight times the work, and 64 times for a quadratic reader.
LONG, SHORT = MAX_MAIL_BYTES - 1_000, (MAX_MAIL_BYTES - 1_000) // 8
MOST_GROWTH = 24
STATUS = "Action: failed\r\nStatus: 5.1.1\r\n\r\n"


def build_mail(where: str, piece: str, length: int) -> bytes:
    hostile = (piece * (length // len(piece) + 1))[:length]
    token = tokens.make_token(message_id=uuid4(), attempt=1, address="ana@example.com")
    subject = hostile if where == "subject" else "Undelivered"
    kind = {"html": "text/html", "status": "multipart/report; boundary=b"}.get(where, "text/plain")
    if where == "status":
        hostile = f"--b\r\nContent-Type: message/delivery-status\r\n\r\n{hostile}\r\n--b--"
    return (
        f"From: MAILER-DAEMON@example.com\r\nTo: bounce+{token}@example.com\r\n"
        f"Subject: {subject}\r\nContent-Type: {kind}\r\n\r\n{hostile}"
    ).encode()


def measure_seconds(raw: bytes) -> float:
    taken = []
    for _ in range(2):
        before = time.thread_time()
        assert reports.read_report(raw)
        taken.append(time.thread_time() - before)
    return min(taken)


@pytest.mark.parametrize(
    ("where", "piece"),
    [
        *[("html", piece) for piece in ("<", "<a", "a")],
        *[("text", piece) for piece in ("-", "--\n", "a", "a.", "5.1.", "user ", "4")],
        *[("subject", piece) for piece in ("delivery ", "=?a?q?", "-")],
        *[("status", piece) for piece in (STATUS, "a\r\n\r\n", "5.1.")],
    ],
)
def test_hostile_mail_takes_time_in_proportion_to_length(where: str, piece: str) -> None:
    """Four of them took minutes: `<`, `-`, a subject of `delivery`, and status after status."""
    short, long = build_mail(where, piece, SHORT), build_mail(where, piece, LONG)

    assert measure_seconds(long) < max(measure_seconds(short), 0.005) * MOST_GROWTH


@pytest.mark.parametrize("kind", ["multipart/mixed; boundary=b", "message/rfc822"])
def test_deeply_nested_mail_is_no_report(kind: str) -> None:
    border = "--b\r\n" if "multipart" in kind else ""
    nested = "From: a@example.com\r\n" + f"Content-Type: {kind}\r\n\r\n{border}" * 3_000

    assert reports.read_report(nested.encode()) is None
