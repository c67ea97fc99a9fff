"""The bounce mailbox, at a real IMAP server."""

from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from messaging.bounces import mailbox
from messaging.bounces.mailbox import MailboxResult
from messaging.webhooks import processing
from tests.messaging.bounces import samples
from tests.messaging.bounces.calls import create_sent_mail, read_state, read_suppressions, token_of
from tests.messaging.bounces.imap_server import ImapServer, imap_server
from tests.messaging.bounces.samples import filled
from tests.messaging.mail.letters import PATIENT
from tests.messaging.webhooks.rows import call_errors

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def shared_server() -> Iterator[ImapServer]:
    with imap_server() as running:
        yield running


@pytest.fixture
def server(shared_server: ImapServer, settings: Settings) -> ImapServer:
    shared_server.empty()
    settings.BOUNCE_MAILBOX_URL = shared_server.url
    return shared_server


def test_bounce_in_the_mailbox_is_applied_and_removed(server: ImapServer) -> None:
    message = create_sent_mail()
    server.deliver(filled(samples.STANDARD, token_of(message)))

    assert mailbox.read_mailbox() == MailboxResult(mails=1, reports=1)
    processing.process()
    assert read_state(message) == ("FAILED", "mail_unknown")
    assert read_suppressions(message) == {PATIENT: "UNREACHABLE"}
    assert server.count() == 0


def test_unrelated_mail_stays_in_the_mailbox(server: ImapServer) -> None:
    message = create_sent_mail()
    server.deliver(filled(samples.STANDARD, "1" * 40), b"Subject: hola\r\n\r\n\xe1\xff")

    assert mailbox.read_mailbox() == MailboxResult(mails=2, reports=0)
    assert mailbox.read_mailbox() == MailboxResult(mails=0, reports=0)
    processing.process()
    assert read_state(message) == ("SENT", "")
    assert (server.count(), server.count("UNSEEN"), call_errors()) == (2, 0, [])


def test_mails_in_any_number_and_form_are_each_read_once(server: ImapServer) -> None:
    forms = [samples.STANDARD, samples.EXIM, samples.EXCHANGE_ES, samples.GMAIL_PT, samples.QMAIL]
    messages = [create_sent_mail() for _ in forms]
    mails = [filled(form, token_of(message)) for form, message in zip(forms, messages, strict=True)]
    server.deliver(*mails, mails[0])

    assert mailbox.read_mailbox() == MailboxResult(mails=6, reports=6)
    processing.process()
    assert [read_state(message) for message in messages] == [("FAILED", "mail_unknown")] * 5
    assert call_errors() == [""] * 5


def test_large_report_is_read_from_its_beginning(server: ImapServer) -> None:
    message = create_sent_mail()
    server.deliver(filled(samples.STANDARD, token_of(message)) + b"x" * 400_000)

    assert mailbox.read_mailbox() == MailboxResult(mails=1, reports=1)
    processing.process()
    assert read_state(message) == ("FAILED", "mail_unknown")


def test_unreadable_mailbox_is_logged_and_stops_nothing(
    server: ImapServer, settings: Settings
) -> None:
    for broken in (
        "imap://x:y@127.0.0.1:9",
        server.url.replace("p%40ss", "wrong"),
        server.url + "/No",
    ):
        settings.BOUNCE_MAILBOX_URL = broken
        assert mailbox.read_mailbox() is None
        with pytest.raises(CommandError):
            call_command("read_bounces", stdout=StringIO())


def test_command_names_missing_settings_and_counts_mails(
    server: ImapServer, settings: Settings
) -> None:
    said = StringIO()
    call_command("read_bounces", stdout=said)
    settings.BOUNCE_ADDRESS = settings.BOUNCE_MAILBOX_URL = ""
    call_command("read_bounces", stdout=said)

    assert "New mails: 0. About our messages: 0." in said.getvalue()
    assert "Off: BOUNCE_MAILBOX_URL is not set." in said.getvalue()
    assert "Off: BOUNCE_ADDRESS is not set." in said.getvalue()
    assert mailbox.read_mailbox() is None
