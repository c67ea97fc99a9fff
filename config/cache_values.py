"""The serializer of the cache."""

import json
from typing import Any


class JsonSerializer:
    """Stores values as JSON.

    Django's own serializer unpickles, so an attacker with access to Redis could run code in the web
    server. Values that are no JSON raise a TypeError, and tuples are read back as lists.
    """

    def dumps(self, value: Any) -> int | str:
        # Redis can only increment plain integers.
        return value if type(value) is int else json.dumps(value)

    def loads(self, data: bytes) -> Any:
        return json.loads(data)
