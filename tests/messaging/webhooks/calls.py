"""Call our webhooks as Twilio does, with its fields and its signature of the public URL."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.test import Client
from django.urls import reverse
from twilio.request_validator import RequestValidator

from core.ids import uuid7
from messaging.webhooks import processing

TOKEN = "a-secret-of-twilio"
FORM = "application/x-www-form-urlencoded"
INBOUND = "/webhooks/twilio/inbound/"
US = "+15005550006"
PATIENT = "+593991234567"


def sign(url: str, fields: Mapping[str, Any], token: str = TOKEN) -> str:
    return str(RequestValidator(token).compute_signature(settings.SITE_URL + url, fields))


def post(url: str, fields: Mapping[str, str], *, signature: str | None = None, **extra: str) -> Any:
    """Post the fields, signed unless a signature is given."""
    header = sign(url, fields) if signature is None else signature
    return Client().post(
        url, urlencode(fields), content_type=FORM, headers={"X-Twilio-Signature": header, **extra}
    )


def status_url(message: UUID, *, attempt: int | None = None) -> str:
    url = reverse("twilio_status", args=[message])
    return url if attempt is None else f"{url}?attempt={attempt}"


def status_fields(status: str, *, sid: str = "SM1", **fields: str) -> dict[str, str]:
    return {
        "MessageSid": sid,
        "SmsSid": sid,
        "MessageStatus": status,
        "SmsStatus": status,
        "AccountSid": "AC0",
        "From": US,
        "To": PATIENT,
        "ApiVersion": "2010-04-01",
        **fields,
    }


def text_fields(body: str = "", **fields: str) -> dict[str, str]:
    return {
        "MessageSid": f"SM{uuid7().hex}",
        "AccountSid": "AC0",
        "From": PATIENT,
        "To": US,
        "Body": body,
        "NumMedia": "0",
        "SmsStatus": "received",
        "ApiVersion": "2010-04-01",
        **fields,
    }


def whatsapp_fields(body: str = "", **fields: str) -> dict[str, str]:
    return text_fields(body, From=f"whatsapp:{PATIENT}", To=f"whatsapp:{US}") | fields


def receive_status(
    message: UUID, status: str, *, attempt: int | None = None, **fields: str
) -> None:
    """Post a status call of Twilio and process it."""
    response = post(status_url(message, attempt=attempt), status_fields(status, **fields))
    assert response.status_code == 200
    processing.process()


def receive_text(fields: Mapping[str, str]) -> None:
    """Post a text of a patient and process it."""
    assert post(INBOUND, fields).status_code == 200
    processing.process()
