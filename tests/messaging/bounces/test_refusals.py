"""Errors of a mail server during delivery, before it has accepted the mail."""

import smtplib
from collections.abc import Callable

import pytest
from django.core.mail.backends.locmem import EmailBackend

from messaging.channels import SendResult
from tests.messaging.mail.letters import PATIENT, outgoing, send_only


def refuse_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def refuse(*_args: object) -> int:
        raise error

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)


def recipient_error(code: int, said: bytes) -> Exception:
    return smtplib.SMTPRecipientsRefused({PATIENT: (code, said)})


def sender_error(code: int, said: bytes) -> Exception:
    return smtplib.SMTPSenderRefused(code, said, "hola@clinica.ec")


@pytest.mark.parametrize(
    ("error", "code", "said", "fate", "told"),
    [
        (recipient_error, 550, b"5.1.1 <x> User unknown", SendResult.REJECTED, "mail_unknown"),
        (recipient_error, 550, b"No existe el usuario", SendResult.REJECTED, "mail_unknown"),
        (recipient_error, 552, b"5.2.2 Mailbox full", SendResult.REJECTED, "mail_full"),
        (recipient_error, 554, b"5.7.1 Relay access denied", SendResult.REJECTED, "mail_refused"),
        (recipient_error, 550, b"Requested action not taken", SendResult.REJECTED, "mail_refused"),
        (recipient_error, 450, b"4.2.0 Greylisted", SendResult.RETRY, "450"),
        (sender_error, 550, b"5.1.1 Sender unknown user", SendResult.REJECTED, "mail_refused"),
    ],
)
def test_smtp_refusal_gives_the_error_code(  # noqa: PLR0917
    monkeypatch: pytest.MonkeyPatch,
    error: Callable[[int, bytes], Exception],
    code: int,
    said: bytes,
    fate: SendResult,
    told: str,
) -> None:
    refuse_with(monkeypatch, error(code, said))
    outcome = send_only(outgoing("INITIAL"))

    assert (outcome.fate, outcome.code) == (fate, told)
