"""Makes the private key of a push sender (VAPID, RFC 8292). Settings import this module."""

import base64

from cryptography.hazmat.primitives.asymmetric import ec


def make_private_key() -> str:
    """Return a new key of the curve P-256, as base64url text."""
    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()
