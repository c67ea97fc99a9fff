"""The Standard Webhooks form: who receives it can tell that it is ours, whole and fresh."""

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


def headers(
    body: bytes, *, secrets: Sequence[str], message_id: UUID, at: datetime
) -> dict[str, str]:
    """One signature for each secret: during a rotation the receiver may know either."""
    timestamp = str(int(at.timestamp()))
    signed = b".".join([str(message_id).encode(), timestamp.encode(), body])
    return {
        "webhook-id": str(message_id),
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{_signature(signed, one)}" for one in secrets),
    }


def is_signed(body: bytes, *, said: Mapping[str, str], secret: str) -> bool:
    """What a receiver asks; `said` are the headers of a call by their small names."""
    names = ("webhook-id", "webhook-timestamp", "webhook-signature")
    message_id, timestamp, signatures = (said.get(name, "") for name in names)
    expected = f"v1,{_signature(f'{message_id}.{timestamp}.'.encode() + body, secret)}"
    return any(hmac.compare_digest(expected, one) for one in signatures.split(" "))


def _signature(signed: bytes, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
