"""The signed token in each mail, by which a bounce or a complaint is matched to its message.

It is part of the envelope sender (VERP) and of the Message-ID. Mail servers change the case of
addresses, so it is base32. It has the message, the attempt and a keyed digest of the address: a
late bounce must not suppress an address that was corrected in the meantime.
"""

import re
from base64 import b32decode, b32encode
from collections.abc import Iterable
from dataclasses import dataclass
from hmac import compare_digest
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

from patients.addresses import hash_address

SALT = "messaging.mail.tokens"
# In bytes. Together 40 letters without padding, so that most Message-IDs fit on one line.
ID, ATTEMPT, TAG, SIGNATURE = 16, 1, 2, 6
LENGTH = 40
CANDIDATE = re.compile(rf"(?<![a-z2-7])[a-z2-7]{{{LENGTH}}}(?![a-z2-7])", re.IGNORECASE)


@dataclass(frozen=True)
class MailToken:
    message_id: UUID
    attempt: int
    address_tag: bytes

    def first_written_to(self, addresses: Iterable[str]) -> str:
        """Return the first of these addresses that the mail really went to, or ""."""
        return next(
            (
                address
                for address in addresses
                if address and _address_tag(address) == self.address_tag
            ),
            "",
        )


def make_token(*, message_id: UUID, attempt: int, address: str) -> str:
    content = message_id.bytes + bytes([min(attempt, 255)]) + _address_tag(address)
    return b32encode(content + _signature_of(content, settings.SECRET_KEY)).decode().lower()


def read_token(text: str) -> MailToken | None:
    """Return the token, or None unless we signed it."""
    if not CANDIDATE.fullmatch(text):
        return None
    decoded = b32decode(text.upper())
    content, signature = decoded[:-SIGNATURE], decoded[-SIGNATURE:]
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(compare_digest(signature, _signature_of(content, key)) for key in keys):
        return None
    return MailToken(UUID(bytes=content[:ID]), content[ID], content[ID + ATTEMPT :])


def find_token(text: str) -> MailToken | None:
    """Return the token in a text, or None when there is none or several different ones."""
    signed = {token for match in CANDIDATE.findall(text) if (token := read_token(match))}
    return signed.pop() if len(signed) == 1 else None


def _signature_of(content: bytes, key: str | bytes) -> bytes:
    return salted_hmac(SALT, content, secret=key, algorithm="sha256").digest()[:SIGNATURE]


def _address_tag(address: str) -> bytes:
    """Return a short digest of an address, keyed so that strangers cannot try addresses."""
    return bytes.fromhex(hash_address(address))[:TAG]
