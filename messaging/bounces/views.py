"""Webhooks for mail servers and mail providers. Only signed calls are stored, each of them once."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.request_bodies import accepts_body
from core.webhook_intake.calls import MAX_KEY
from messaging.bounces import providers
from messaging.bounces.processing import MAX_MAIL_BYTES, store_mail
from messaging.webhooks import inbox, signature
from messaging.webhooks.fields import storable
from workspaces.access import public

MAX_BODY_BYTES = 4 * MAX_MAIL_BYTES
REPORT_SIGNATURE = "X-Report-Signature"
SENDGRID_SIGNATURE = "X-Twilio-Email-Event-Webhook-Signature"
SENDGRID_TIMESTAMP = "X-Twilio-Email-Event-Webhook-Timestamp"
FRESH_FOR = 600


@public("a mail server of ours calls it, and signs each call")
@accepts_body(MAX_BODY_BYTES, signed_by=REPORT_SIGNATURE)
@csrf_exempt
@require_POST
def report(request: HttpRequest) -> HttpResponse:
    """Take a raw mail to the bounce address, as a mail server passes it to a script."""
    signed, timestamp = _signature_headers(request, REPORT_SIGNATURE, "X-Report-Timestamp")
    if not signed or not _is_signed(request.body, timestamp, signed):
        return _refuse()
    store_mail(request.body, key=hashlib.sha256(request.body).hexdigest())
    return HttpResponse()


@public("SendGrid calls it, and signs each call")
@accepts_body(MAX_BODY_BYTES, signed_by=SENDGRID_SIGNATURE)
@csrf_exempt
@require_POST
def sendgrid(request: HttpRequest) -> HttpResponse:
    signed, timestamp = _signature_headers(request, SENDGRID_SIGNATURE, SENDGRID_TIMESTAMP)
    if not signed or not providers.signed_by_sendgrid(
        request.body, signature=signed, timestamp=timestamp
    ):
        return _refuse()
    events = _parse_json(request.body)
    for event in events if isinstance(events, list) else []:
        if isinstance(event, dict):
            _store_event(event, provider=providers.SENDGRID, key=str(event.get("sg_event_id", "")))
    return HttpResponse()


@public("Mailgun calls it, and signs each call")
@accepts_body(MAX_BODY_BYTES)
@csrf_exempt
@require_POST
def mailgun(request: HttpRequest) -> HttpResponse:
    """Mailgun puts the signature into the body, so the body is parsed before it is checked."""
    call = _parse_json(request.body)
    call = call if isinstance(call, dict) else {}
    signed, event = call.get("signature"), call.get("event-data")
    if not isinstance(signed, dict) or not providers.signed_by_mailgun(signed):
        return _refuse()
    if isinstance(event, dict):
        _store_event(event, provider=providers.MAILGUN, key=str(event.get("id", "")))
    return HttpResponse()


def _store_event(event: Mapping[str, object], *, provider: str, key: str) -> None:
    """Store an event, unless it is about a mail of others or of a kind that we do not use."""
    event_report = providers.READERS[provider](event)
    if event_report is None or event_report.kind == "other":
        return
    serialized = storable(json.dumps(event, sort_keys=True))
    key = key if 0 < len(key) <= MAX_KEY else hashlib.sha256(serialized.encode()).hexdigest()
    fields = json.loads(serialized.replace("\\u0000", ""))
    message = event_report.token.message_id
    inbox.store_mail_report(
        {"fields": fields}, provider=provider, key=storable(key), message=message
    )


def _signature_headers(request: HttpRequest, signature: str, timestamp: str) -> tuple[str, str]:
    return request.headers.get(signature, ""), request.headers.get(timestamp, "")


def _is_signed(body: bytes, timestamp: str, signed: str) -> bool:
    secret = settings.MAIL_REPORTS_SECRET
    if not secret or not providers.is_fresh(timestamp, within=FRESH_FOR):
        return False
    expected = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return hmac.compare_digest(expected.hexdigest().encode(), signed.encode())


def _refuse() -> HttpResponse:
    signature.count_refusal()
    return HttpResponse(status=HTTPStatus.FORBIDDEN)


def _parse_json(body: bytes) -> object:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None
