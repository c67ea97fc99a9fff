"""The webhooks of SendGrid and Mailgun: documented signatures, and events."""

import json
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from messaging.bounces import providers
from messaging.models import Message
from messaging.webhooks import processing
from tests.messaging.bounces.calls import (
    create_sent_mail,
    post_mailgun,
    post_sendgrid,
    read_state,
    read_suppressions,
    token_of,
)
from tests.messaging.mail.letters import PATIENT
from tests.messaging.webhooks.rows import call_errors

pytestmark = pytest.mark.django_db


def sendgrid_event(message: Message, event: str, **fields: object) -> dict[str, object]:
    return {
        "email": PATIENT,
        "timestamp": 1513299569,
        "smtp-id": f"<{token_of(message)}@opiniones.example.com>",
        "event": event,
        "sg_event_id": f"id-{event}-{len(fields)}",
        "sg_message_id": "sg_message_id",
        **fields,
    }


def mailgun_event(message: Message, event: str, **fields: object) -> dict[str, Any]:
    return {
        "id": f"id-{event}-{len(fields)}",
        "event": event,
        "timestamp": 1521233123.501324,
        "recipient": PATIENT,
        "message": {"headers": {"message-id": f"{token_of(message)}@opiniones.example.com"}},
        **fields,
    }


@pytest.mark.parametrize(
    ("event", "fields", "status", "reason"),
    [
        ("bounce", {"status": "5.1.1", "reason": "550 unknown"}, "FAILED", "UNREACHABLE"),
        ("bounce", {"type": "blocked", "reason": "unable to get mx info"}, "FAILED", None),
        ("bounce", {"type": "blocked", "status": "5.7.1", "reason": "550 blocked"}, "FAILED", None),
        ("dropped", {"reason": "Bounced Address"}, "FAILED", None),
        ("spamreport", {}, "FAILED", "COMPLAINT"),
        ("deferred", {"response": "400 try again later"}, "SENT", None),
    ],
)
def test_sendgrid_event_is_applied(
    event: str, fields: dict[str, object], status: str, reason: str | None
) -> None:
    message = create_sent_mail()
    assert post_sendgrid([sendgrid_event(message, event, **fields)] * 2) == 200
    processing.process()

    assert read_state(message)[0] == status
    assert read_suppressions(message) == ({PATIENT: reason} if reason else {})
    assert call_errors() == [""]


@pytest.mark.parametrize(
    ("event", "fields", "status", "reason"),
    [
        (
            "failed",
            {"severity": "permanent", "delivery-status": {"code": 550, "enhanced-code": "5.1.1"}},
            "FAILED",
            "UNREACHABLE",
        ),
        (
            "failed",
            {"severity": "permanent", "delivery-status": {"code": 605, "message": "Not sent"}},
            "FAILED",
            None,
        ),
        ("failed", {"severity": "temporary", "delivery-status": {"code": 452}}, "SENT", None),
        ("complained", {}, "FAILED", "COMPLAINT"),
    ],
)
def test_mailgun_event_is_applied(
    event: str, fields: dict[str, object], status: str, reason: str | None
) -> None:
    message = create_sent_mail()
    for _ in range(2):
        assert post_mailgun(mailgun_event(message, event, **fields)) == 200
    processing.process()

    assert read_state(message)[0] == status
    assert read_suppressions(message) == ({PATIENT: reason} if reason else {})
    assert call_errors() == [""]


def test_irrelevant_events_are_not_stored() -> None:
    message = create_sent_mail()
    strange = {"event": "bounce", "smtp-id": "<14c5d75ce93.dfd.64b469@ismtpd-555>"}
    events = [
        sendgrid_event(message, "open"),
        sendgrid_event(message, "delivered"),
        strange,
        "x",
        None,
    ]

    assert post_sendgrid(events) == 200
    assert post_sendgrid({"event": "bounce"}) == 200
    assert post_mailgun(mailgun_event(message, "opened")) == 200
    assert post_mailgun(["no event"]) == 200
    assert call_errors() == []


def test_documented_sendgrid_signature_is_accepted(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The example of SendGrid's own libraries."""
    settings.SENDGRID_WEBHOOK_PUBLIC_KEY = (
        "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEEDr2LjtURuePQzplybdC+u4CwrqDqBaWjcMMsTbhdbcwHBcepxo7"
        "yAQGhHPTnlvFYPAZFceEu/1FwCM/QmGUhA=="
    )
    signature = (
        "MEUCIQCtIHJeH93Y+qpYeWrySphQgpNGNr/U+UyUlBkU6n7RAwIgJTz2C+8a8xonZGi6BpSzoQsbVRamr2nlxFDW"
        "YNH2j/0="
    )
    said = {"category": "example_payload", "event": "test_event", "message_id": "message_id"}
    body = json.dumps(said, separators=(",", ":")).encode()
    monkeypatch.setattr("messaging.bounces.providers.time.time", lambda: 1588788400)

    assert providers.signed_by_sendgrid(body, signature=signature, timestamp="1588788367")
    assert not providers.signed_by_sendgrid(body, signature=signature, timestamp="1588788368")
    assert not providers.signed_by_sendgrid(
        body + b" ", signature=signature, timestamp="1588788367"
    )


@pytest.mark.parametrize("path", ["report", "sendgrid", "mailgun"])
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'{"signature": 1}', b"[" * 10_000, b"\xff\0"])
def test_unsigned_call_is_refused(path: str, body: bytes) -> None:
    headers = {
        "X-Twilio-Email-Event-Webhook-Signature": "###",
        "X-Twilio-Email-Event-Webhook-Timestamp": "²",
    }
    call = Client().post(
        f"/webhooks/mail/{path}/", body, content_type="application/json", headers=headers
    )

    assert call.status_code == 403
    assert call_errors() == []


def test_call_with_another_key_or_an_old_timestamp_is_refused(settings: Settings) -> None:
    event = mailgun_event(create_sent_mail(), "complained")

    assert post_mailgun(event, key="another") == 403
    assert post_mailgun(event, timestamp="1700000000") == 403
    assert post_sendgrid([], timestamp="1700000000") == 403
    settings.MAILGUN_WEBHOOK_SIGNING_KEY = settings.SENDGRID_WEBHOOK_PUBLIC_KEY = ""
    assert post_mailgun(event, key="") == 403
    assert post_sendgrid([]) == 403


@pytest.mark.parametrize("path", ["report", "sendgrid", "mailgun"])
def test_oversized_call_is_refused(path: str) -> None:
    call = Client().post(f"/webhooks/mail/{path}/", b"x" * 600_000, content_type="application/json")

    assert call.status_code == 413
