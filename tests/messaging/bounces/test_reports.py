"""Reports by mail are read in the many forms in which servers write them."""

import base64
import random
from uuid import UUID

import pytest

from messaging.bounces import reports
from messaging.bounces.diagnosis import diagnose_failure
from messaging.bounces.reports import ReportKind
from messaging.mail import tokens
from tests.messaging.bounces import samples
from tests.messaging.bounces.samples import filled
from tests.messaging.mail.letters import PATIENT

MESSAGE = UUID("0198c2d4-0000-7000-8000-000000000001")
OTHER = UUID("0198c2d4-0000-7000-8000-000000000002")


def token(message: UUID = MESSAGE) -> str:
    return tokens.make_token(message_id=message, attempt=1, address=PATIENT)


def read(sample: str, **values: str) -> reports.BounceReport:
    report = reports.read_report(filled(sample, token(), **values))
    assert report
    assert report.token.message_id == MESSAGE
    return report


@pytest.mark.parametrize(
    ("action", "status", "said", "kind", "code"),
    [
        ("failed", "5.1.1", "550 5.1.1 <x> User unknown", ReportKind.BOUNCE, "mail_unknown"),
        ("Failed", "5.0.0", "550 5.1.1 no such user", ReportKind.BOUNCE, "mail_unknown"),
        ("failed", "5.0.0", "550 mailbox not found", ReportKind.BOUNCE, "mail_unknown"),
        ("failed", "5.0.0 (undefined status)", "", ReportKind.BOUNCE, "mail_unknown"),
        (
            "failed",
            "5.4.1",
            "550 5.4.1 Recipient address rejected: Access denied",
            ReportKind.BOUNCE,
            "mail_unknown",
        ),
        (
            "failed",
            "5.4.4",
            "Name service error: Host not found",
            ReportKind.BOUNCE,
            "mail_unknown",
        ),
        ("failed", "5.2.2", "552 5.2.2 Over quota", ReportKind.BOUNCE, "mail_full"),
        ("failed", "4.2.2", "452 4.2.2 mailbox is full", ReportKind.BOUNCE, "mail_full"),
        (
            "failed",
            "4.4.7",
            "delivery temporarily suspended: timed out",
            ReportKind.BOUNCE,
            "mail_expired",
        ),
        (
            "failed",
            "4.1.1",
            "450 4.1.1 user unknown in virtual table",
            ReportKind.BOUNCE,
            "mail_expired",
        ),
        (
            "failed",
            "5.7.1",
            "550 5.7.1 Message rejected as spam",
            ReportKind.BOUNCE,
            "mail_refused",
        ),
        (
            "failed",
            "5.7.26",
            "550-5.7.26 This mail is unauthenticated",
            ReportKind.BOUNCE,
            "mail_refused",
        ),
        (
            "failed",
            "5.1.8",
            "550 Sender address rejected: Domain not found",
            ReportKind.BOUNCE,
            "mail_refused",
        ),
        ("failed", "5.3.4", "552 5.3.4 message too big", ReportKind.BOUNCE, "mail_refused"),
        ("delayed", "4.4.1", "connect to mx: Connection timed out", ReportKind.DELAY, ""),
        ("delivered", "2.0.0", "250 OK", ReportKind.OTHER, ""),
        ("relayed", "2.1.9", "250 OK", ReportKind.OTHER, ""),
    ],
)
def test_standard_report_is_read(
    action: str, status: str, said: str, kind: ReportKind, code: str
) -> None:
    report = read(samples.STANDARD, action=action, status=status, said=said)

    assert (report.kind, report.code) == (kind, code)
    assert PATIENT in report.recipients


@pytest.mark.parametrize(
    ("sample", "kind", "code"),
    [
        (samples.EXIM, ReportKind.BOUNCE, "mail_unknown"),
        (samples.EXCHANGE_ES, ReportKind.BOUNCE, "mail_unknown"),
        (samples.GMAIL_PT, ReportKind.BOUNCE, "mail_unknown"),
        (samples.HOTMAIL, ReportKind.BOUNCE, "mail_unknown"),
        (samples.QMAIL, ReportKind.BOUNCE, "mail_unknown"),
        (samples.FULL_ES, ReportKind.BOUNCE, "mail_full"),
        (samples.BLOCKED, ReportKind.BOUNCE, "mail_refused"),
        (samples.WARNING, ReportKind.DELAY, ""),
        (samples.AWAY, ReportKind.OTHER, ""),
        (samples.PERSON, ReportKind.OTHER, ""),
        (samples.UNSUBSCRIBE, ReportKind.UNSUBSCRIBE, ""),
    ],
    ids=lambda value: value.split("\n")[0][:20] if isinstance(value, str) else None,
)
def test_free_text_report_is_read(sample: str, kind: ReportKind, code: str) -> None:
    report = read(sample)

    assert (report.kind, report.code) == (kind, code)


@pytest.mark.parametrize(
    ("feedback", "kind"),
    [
        ("abuse", ReportKind.COMPLAINT),
        ("Fraud", ReportKind.COMPLAINT),
        ("opt-out", ReportKind.COMPLAINT),
        ("not-spam", ReportKind.OTHER),
        ("auth-failure", ReportKind.OTHER),
    ],
)
def test_complaint_is_read(feedback: str, kind: ReportKind) -> None:
    assert read(samples.ARF, kind=feedback).kind == kind


def test_complaint_with_the_recipient_left_out_is_read() -> None:
    report = read(samples.ARF, kind="abuse", patient="redacted@provider.example.net")

    assert report.kind == ReportKind.COMPLAINT


@pytest.mark.parametrize(
    "sample", [samples.STANDARD, samples.ARF, samples.EXIM, samples.UNSUBSCRIBE]
)
def test_report_without_a_signed_token_is_ignored(sample: str) -> None:
    made = token()
    forged = made[:-1] + ("a" if made[-1] != "a" else "b")

    assert reports.read_report(filled(sample, forged, kind="abuse")) is None
    assert reports.read_report(filled(sample, "1234567890", kind="abuse")) is None


def test_report_about_two_mails_uses_the_envelope_or_is_ignored() -> None:
    raw = filled(samples.EXIM, token()) + token(OTHER).encode()
    nobody = raw.replace(b"To: rebotes+" + token().encode(), b"To: rebotes")
    both = nobody.replace(b"\r\n\r\n", b"\r\n\r\n" + token(OTHER).encode() + b"\r\n", 1)

    report = reports.read_report(raw)
    assert report
    assert report.token.message_id == MESSAGE
    assert reports.read_report(both) is None


def test_returned_mail_alone_names_the_message() -> None:
    raw = filled(samples.STANDARD, token()).replace(
        b"To: rebotes+" + token().encode() + b"@", b"To: rebotes@", 1
    )

    report = reports.read_report(raw)
    assert report
    assert report.token.message_id == MESSAGE


def test_returned_headers_in_base64_name_the_message() -> None:
    headers = base64.encodebytes(f"Message-ID: <{token()}@x.example.com>\n".encode()).decode()
    raw = (
        "Return-Path: <>\nFrom: mailer-daemon@x.ec\nTo: rebotes@x.ec\nSubject: Returned mail\n"
        'Content-Type: multipart/report; boundary="B"\n\n--B\nContent-Type: text/plain\n\n'
        "550 5.1.1 User unknown\n--B\nContent-Type: text/rfc822-headers\n"
        f"Content-Transfer-Encoding: base64\n\n{headers}\n--B--\n"
    )

    report = reports.read_report(raw.encode())
    assert report
    assert (report.kind, report.code) == (ReportKind.BOUNCE, "mail_unknown")


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("550 El usuario no existe", "mail_unknown"),
        ("550 Destinatario desconocido", "mail_unknown"),
        ("550 La cuenta ha sido desactivada", "mail_unknown"),
        ("550 Usuário desconhecido", "mail_unknown"),
        ("550 A caixa de correio está cheia", "mail_full"),
        ("all relevant MX records point to non-existent hosts", "mail_unknown"),
        ("Unrouteable address", "mail_unknown"),
        ("550 Blocked by policy", "mail_refused"),
        ("550 relay not permitted", "mail_refused"),
        ("550 Administrative prohibition", "mail_refused"),
        ("451 Temporary local problem", "mail_expired"),
        ("connect to mx.ec[5.1.1.7]:25: refused", ""),
        ("gracias por su mensaje", ""),
        ("", ""),
    ],
)
def test_server_text_gives_the_error_code(said: str, code: str) -> None:
    assert diagnose_failure(text=said) == code


def test_broken_mail_raises_nothing() -> None:
    """A broken report is read or ignored, but never raises."""
    chance = random.Random(12)  # noqa: S311
    texts = [filled(sample, token(), kind="abuse") for sample in (samples.STANDARD, samples.ARF)]
    for _ in range(500):
        broken = bytearray(chance.choice(texts))
        for _ in range(chance.randint(1, 40)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        reports.read_report(bytes(broken[: chance.randrange(len(broken))]))
    for raw in (b"", b"\0", b"Content-Type: multipart/report; boundary=\r\n\r\n"):
        assert reports.read_report(raw) is None
