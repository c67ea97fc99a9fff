"""What a push says. Google's names differ from those of its reference, so both are read."""

import base64
import json
import re
from dataclasses import dataclass
from typing import Any

from core.webhook_intake.calls import MAX_KEY

LOCATION = re.compile(r"locations/[\w-]{1,90}(?![\w-])")
MAX_KIND = 80
MOST_LOCATIONS = 100


@dataclass(frozen=True)
class Push:
    message_id: str
    # NEW_REVIEW or UPDATED_REVIEW, or whatever else Google sends.
    kind: str
    # locations/2
    locations: tuple[str, ...]


def read_push(body: bytes) -> Push | None:
    """Return what a push says, or None if it is no message of Pub/Sub."""
    try:
        envelope = json.loads(body)
        message = envelope["message"]
        message_id = message.get("messageId") or message["message_id"]
        data = json.loads(base64.b64decode(message.get("data") or "e30="))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    if not isinstance(message_id, str) or not 0 < len(message_id) <= MAX_KEY:
        return None
    return Push(message_id, _kind(data), _locations(data))


def _kind(data: Any) -> str:
    if not isinstance(data, dict):
        return "unknown"
    kind = data.get("notificationType") or data.get("type")
    return kind[:MAX_KIND] if isinstance(kind, str) else "unknown"


def _locations(data: Any) -> tuple[str, ...]:
    """Return each location that is named in the data, such as in the path of a review."""
    values = data.values() if isinstance(data, dict) else ()
    texts = (value for value in values if isinstance(value, str))
    found = (name for text in texts for name in LOCATION.findall(text))
    return tuple(dict.fromkeys(found))[:MOST_LOCATIONS]
