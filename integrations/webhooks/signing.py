"""Signatures after Standard Webhooks, so that receivers can verify that a call is ours."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

PREFIX = "whsec_"
SECRET_BYTES = 32


def new_secret() -> str:
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def build_headers(
    body: bytes, *, secrets: Sequence[str], message_id: UUID, at: datetime
) -> dict[str, str]:
    """Sign with each secret: during a rotation the receiver may know either."""
    timestamp = str(int(at.timestamp()))
    signed = b".".join([str(message_id).encode(), timestamp.encode(), body])
    return {
        "webhook-id": str(message_id),
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{_sign(signed, secret)}" for secret in secrets),
    }


def is_signed(body: bytes, *, headers: Mapping[str, str], secret: str) -> bool:
    """Verify a call as a receiver does. The names of the headers are in lower case."""
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    message_id, timestamp, signatures = (headers.get(name, "") for name in names)
    expected = f"v1,{_sign(f'{message_id}.{timestamp}.'.encode() + body, secret)}"
    return any(hmac.compare_digest(expected, signature) for signature in signatures.split(" "))


def _sign(signed: bytes, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
