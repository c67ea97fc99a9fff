"""The webhooks of SendGrid and Mailgun: check their signatures and read their events."""

import binascii
import hashlib
import hmac
import time
from base64 import b64decode
from collections.abc import Callable, Iterable, Mapping

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key
from django.conf import settings

from messaging.bounces.diagnosis import REFUSED, diagnose_failure
from messaging.bounces.reports import BounceReport, ReportKind
from messaging.mail import tokens
from messaging.webhooks.fields import Fields, text

SENDGRID, MAILGUN = "sendgrid", "mailgun"
# Both retry a call for up to a day. Replaying an old one changes nothing: each event is stored once
# and must carry a token that we signed.
FRESH_FOR = 25 * 3600


def signed_by_sendgrid(body: bytes, *, signature: str, timestamp: str) -> bool:
    """ECDSA (P-256, SHA-256) over the timestamp and the body as it came."""
    if not settings.SENDGRID_WEBHOOK_PUBLIC_KEY or not is_fresh(timestamp):
        return False
    try:
        key = load_der_public_key(b64decode(settings.SENDGRID_WEBHOOK_PUBLIC_KEY))
        if not isinstance(key, ec.EllipticCurvePublicKey):
            return False
        key.verify(b64decode(signature), timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError, binascii.Error):
        return False
    return True


def signed_by_mailgun(signature: Mapping[str, object]) -> bool:
    """HMAC-SHA256 over the timestamp and a token; Mailgun signs no more of a call than that."""
    timestamp, token = str(signature.get("timestamp", "")), str(signature.get("token", ""))
    key = settings.MAILGUN_WEBHOOK_SIGNING_KEY
    if not key or not is_fresh(timestamp):
        return False
    expected = hmac.new(key.encode(), (timestamp + token).encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), str(signature.get("signature", "")).encode())


def is_fresh(timestamp: str, *, within: int = FRESH_FOR) -> bool:
    seconds = timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= len("1770920772")
    return bool(seconds) and abs(time.time() - int(timestamp)) <= within


def read_sendgrid(event: Fields) -> BounceReport | None:
    """Read one SendGrid event. A `bounce` is final; its reason tells whether the address exists."""
    token = tokens.find_token(text(event, "smtp-id"))
    if token is None:
        return None
    kind, recipients = text(event, "event"), (text(event, "email").lower(),)
    if kind == "spamreport":
        return BounceReport(ReportKind.COMPLAINT, token, recipients=recipients)
    if kind not in ("bounce", "dropped"):
        return BounceReport(ReportKind.DELAY if kind == "deferred" else ReportKind.OTHER, token)
    code = diagnose_failure(text=text(event, "reason"), status=text(event, "status"))
    return BounceReport(ReportKind.BOUNCE, token, code or REFUSED, recipients)


def read_mailgun(event: Fields) -> BounceReport | None:
    """Read one Mailgun event. A `failed` event is final when its severity is permanent."""
    headers = _nested_fields(_nested_fields(event, "message"), "headers")
    token = tokens.find_token(text(headers, "message-id"))
    if token is None:
        return None
    kind, recipients = text(event, "event"), (text(event, "recipient").lower(),)
    if kind == "complained":
        return BounceReport(ReportKind.COMPLAINT, token, recipients=recipients)
    if kind != "failed":
        return BounceReport(ReportKind.OTHER, token)
    if text(event, "severity") != "permanent":
        return BounceReport(ReportKind.DELAY, token)
    status = _nested_fields(event, "delivery-status")
    reason = " ".join(
        [str(status.get("code", "")), *_text_fields(status, ("message", "description"))]
    )
    code = diagnose_failure(text=reason, status=text(status, "enhanced-code"))
    return BounceReport(ReportKind.BOUNCE, token, code or REFUSED, recipients)


READERS: Mapping[str, Callable[[Fields], BounceReport | None]] = {
    SENDGRID: read_sendgrid,
    MAILGUN: read_mailgun,
}


def _nested_fields(fields: Fields, name: str) -> Fields:
    value = fields.get(name)
    return value if isinstance(value, dict) else {}


def _text_fields(fields: Fields, names: Iterable[str]) -> list[str]:
    return [found for name in names if (found := text(fields, name))]
