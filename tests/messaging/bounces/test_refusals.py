"""What a mail server says while it is handed a mail, before it has taken it."""

import smtplib
from collections.abc import Callable

import pytest
from django.core.mail.backends.locmem import EmailBackend

from messaging.channels import SendResult
from tests.messaging.mail.letters import PATIENT, outgoing, send_only


def refusing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def refuse(*_args: object) -> int:
        raise error

    monkeypatch.setattr(EmailBackend, "send_messages", refuse)


def of_recipient(code: int, said: bytes) -> Exception:
    return smtplib.SMTPRecipientsRefused({PATIENT: (code, said)})


def of_sender(code: int, said: bytes) -> Exception:
    return smtplib.SMTPSenderRefused(code, said, "hola@clinica.ec")


@pytest.mark.parametrize(
    ("error", "code", "said", "fate", "told"),
    [
        (of_recipient, 550, b"5.1.1 <x> User unknown", SendResult.REJECTED, "mail_unknown"),
        (of_recipient, 550, b"No existe el usuario", SendResult.REJECTED, "mail_unknown"),
        (of_recipient, 552, b"5.2.2 Mailbox full", SendResult.REJECTED, "mail_full"),
        (of_recipient, 554, b"5.7.1 Relay access denied", SendResult.REJECTED, "mail_refused"),
        (of_recipient, 550, b"Requested action not taken", SendResult.REJECTED, "mail_refused"),
        (of_recipient, 450, b"4.2.0 Greylisted", SendResult.RETRY, "450"),
        (of_sender, 550, b"5.1.1 Sender unknown user", SendResult.REJECTED, "mail_refused"),
    ],
)
def test_refusal_is_understood(  # noqa: PLR0917
    monkeypatch: pytest.MonkeyPatch,
    error: Callable[[int, bytes], Exception],
    code: int,
    said: bytes,
    fate: SendResult,
    told: str,
) -> None:
    refusing(monkeypatch, error(code, said))
    outcome = send_only(outgoing("INITIAL"))

    assert (outcome.fate, outcome.code) == (fate, told)
