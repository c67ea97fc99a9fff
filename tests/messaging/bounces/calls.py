"""Report about our mails as mail servers and providers do, with their signatures."""

import hashlib
import hmac
import json
import time
from base64 import b64encode
from collections.abc import Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client

from core import tenancy
from messaging.mail import tokens
from messaging.models import Message, MessageStatus
from messaging.webhooks import processing
from patients.models import Suppression
from templates_app.models import Channel
from tests.factories import MessageFactory, PatientFactory
from tests.messaging.bounces.samples import filled
from tests.messaging.mail.letters import PATIENT

SECRET = "a-secret-of-our-mail-server"
MAILGUN_KEY = "a-key-of-mailgun"
SENDGRID_KEY = ec.generate_private_key(ec.SECP256R1())
SENDGRID_PUBLIC = b64encode(
    SENDGRID_KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
).decode()


def create_sent_mail(**fields: Any) -> Message:
    """Create an ask that was sent by e-mail."""
    patient = fields.pop("patient", None) or PatientFactory.create(
        email=PATIENT, phone="+593991234567", name="Ximena Guamán"
    )
    values = {
        "status": MessageStatus.SENT,
        "channel": Channel.EMAIL,
        "attempt": 1,
        "sent_at": "2026-11-20T10:00:00Z",
        "patient": patient,
        "workspace": patient.workspace,
    }
    message: Message = MessageFactory.create(**values | fields)
    return message


def token_of(message: Message, *, attempt: int = 1) -> str:
    return tokens.make_token(message_id=message.pk, attempt=attempt, address=PATIENT)


def sign(body: bytes, timestamp: str, secret: str = SECRET) -> str:
    return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def post(body: bytes, *, signature: str | None = None, timestamp: str = "") -> int:
    """Post a raw mail, as a mail server of ours does."""
    timestamp = timestamp or str(int(time.time()))
    headers = {
        "X-Report-Timestamp": timestamp,
        "X-Report-Signature": signature or sign(body, timestamp),
    }
    response = Client().post(
        "/webhooks/mail/report/", body, content_type="message/rfc822", headers=headers
    )
    return response.status_code


def deliver_report(
    message: Message, sample: str, values: Mapping[str, str] | None = None, *, attempt: int = 1
) -> None:
    """Deliver a report about the message and process it."""
    assert post(filled(sample, token_of(message, attempt=attempt), **(values or {}))) == 200
    processing.process()


def post_sendgrid(events: object, *, timestamp: str = "") -> int:
    body, timestamp = json.dumps(events).encode(), timestamp or str(int(time.time()))
    signature = SENDGRID_KEY.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    headers = {
        "X-Twilio-Email-Event-Webhook-Signature": b64encode(signature).decode(),
        "X-Twilio-Email-Event-Webhook-Timestamp": timestamp,
    }
    response = Client().post(
        "/webhooks/mail/sendgrid/", body, content_type="application/json", headers=headers
    )
    return response.status_code


def post_mailgun(event: object, *, key: str = MAILGUN_KEY, timestamp: str = "") -> int:
    timestamp = timestamp or str(int(time.time()))
    token = "e0b5477167110d68991efc6b9f89f0a11066af27834600e123"
    signature = hmac.new(key.encode(), (timestamp + token).encode(), hashlib.sha256).hexdigest()
    call = {
        "signature": {"token": token, "timestamp": timestamp, "signature": signature},
        "event-data": event,
    }
    response = Client().post(
        "/webhooks/mail/mailgun/", json.dumps(call), content_type="application/json"
    )
    return response.status_code


def read_state(message: Message) -> tuple[str, str]:
    """Return the message's status and error code."""
    with tenancy.platform("test"):
        now = Message.objects.get(pk=message.pk)
    return now.status, now.error_code


def read_suppressions(message: Message) -> dict[str, str]:
    """Return the suppressed addresses of the clinic, with the reasons."""
    with tenancy.platform("test"):
        rows = Suppression.objects.filter(workspace_id=message.workspace_id)
        return dict(rows.values_list("address", "reason"))
