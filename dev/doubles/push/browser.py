"""A browser that has subscribed: it has the private key that its pushes are encrypted for."""

import json
import os
from dataclasses import dataclass, field
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from workspaces.notifications.push.keys import encode


@dataclass
class Browser:
    name: str
    private_key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    secret: bytes = field(default_factory=lambda: os.urandom(16))
    messages: list[dict[str, Any]] = field(default_factory=list)

    @property
    def public_key(self) -> str:
        point = self.private_key.public_key()
        return encode(point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))

    def take(self, body: bytes) -> None:
        """Decrypt a push. A browser shows one message for each tag, the last one."""
        content = http_ece.decrypt(body, private_key=self.private_key, auth_secret=self.secret)
        self.messages.append(json.loads(content))

    def shown(self) -> list[dict[str, Any]]:
        return list({message["tag"]: message for message in self.messages}.values())
