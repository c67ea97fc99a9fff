"""ETags of API responses. They change when the content of the response changes."""

import hashlib
import json
from typing import Any

from rest_framework.utils.encoders import JSONEncoder


def make_etag(data: Any) -> str:
    content = json.dumps(data, cls=JSONEncoder, sort_keys=True)
    return f'"{hashlib.sha256(content.encode()).hexdigest()[:32]}"'


def matches(header: str, etag: str) -> bool:
    """Return whether an If-Match or If-None-Match header names this ETag.

    It is compared weakly, because a proxy that compresses weakens every ETag on its way.
    """
    named = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return "*" in named or etag in named
