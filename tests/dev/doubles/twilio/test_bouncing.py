"""Mailboxes that bounce or complain, and the reports about them."""

from dataclasses import replace

import pytest

from core.ids import uuid7
from dev.doubles.twilio import bouncing
from dev.doubles.twilio.bouncing import Delivery
from dev.doubles.twilio.settings import Settings
from messaging.bounces import reports
from messaging.bounces.reports import ReportKind
from messaging.mail import tokens
from tests.dev.doubles.background import eventually
from tests.dev.doubles.twilio.stage import AT_ONCE, Stage
from tests.dev.doubles.twilio.test_mailbox import deliver, letter


def token(address: str) -> str:
    return tokens.make_token(message_id=uuid7(), attempt=1, address=address)


@pytest.mark.parametrize(
    ("address", "kind", "code"),
    [
        ("bounce@correo.ec", ReportKind.BOUNCE, "mail_unknown"),
        ("bounce+ana2@correo.ec", ReportKind.BOUNCE, "mail_unknown"),
        ("full@correo.ec", ReportKind.BOUNCE, "mail_full"),
        ("blocked@correo.ec", ReportKind.BOUNCE, "mail_refused"),
        ("spam@correo.ec", ReportKind.COMPLAINT, ""),
    ],
)
def test_report_of_the_simulator_is_parsed(address: str, kind: ReportKind, code: str) -> None:
    mail = letter(Message_ID=f"<{token(address)}@localhost>")
    report = reports.read_report(Delivery(mail.as_bytes(), "rebotes@localhost", address).report())

    assert report
    assert (report.kind, report.code) == (kind, code)
    assert report.token.first_written_to(report.recipients) == address


def test_bounced_mail_is_reported_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bouncing, "PAUSE", 0)
    with Stage(Settings(faults=AT_ONCE)) as stage:
        stage.simulator.bouncer.url = stage.product.url("reports")
        deliver(stage, letter(), "bounce@correo.ec", "ana@correo.ec", "spam@correo.ec")

        posts = stage.product.received("reports", count=2)
        assert {"X-Report-Signature", "X-Report-Timestamp"} <= posts[0].headers.keys()
        mails = eventually(lambda: stage.get("/control/mails")["per_to"])
        assert mails == {"ana@correo.ec": 1, "spam@correo.ec": 1}


def test_mail_does_not_bounce_without_report_url() -> None:
    with Stage(replace(Settings(faults=AT_ONCE), mail_reports_url="")) as stage:
        deliver(stage, letter(), "bounce@correo.ec")

        assert stage.get("/control/mails")["total"] == 1
