"""The key pair by which push services and browsers know us (VAPID, RFC 8292)."""

import base64
import time
from functools import cache

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings

# Push services refuse more than a day.
TOKEN_SECONDS = 12 * 3600


def are_set() -> bool:
    return bool(settings.VAPID_PRIVATE_KEY)


def public_key() -> str:
    """Return what browsers need to subscribe, or an empty text if push is off."""
    if not are_set():
        return ""
    point = _private_key(settings.VAPID_PRIVATE_KEY).public_key()
    return encode(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def authorization(audience: str) -> str:
    """Return the header that proves to the push service `audience` that we sent a request."""
    contact = f"mailto:{settings.SUPPORT_EMAIL}" if settings.SUPPORT_EMAIL else settings.SITE_URL
    claims = {"aud": audience, "exp": int(time.time()) + TOKEN_SECONDS, "sub": contact}
    token = jwt.encode(claims, _private_key(settings.VAPID_PRIVATE_KEY), algorithm="ES256")
    return f"vapid t={token}, k={public_key()}"


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Raise ValueError if the text is not base64url."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


@cache
def _private_key(encoded: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decode(encoded), "big"), ec.SECP256R1())
