"""How values are written into the cache."""

import json
from typing import Any


class JsonSerializer:
    """Plain data alone. Django's own serializer unpickles, which runs code from what it reads:
    whoever can write to Redis could run theirs in the web server.

    What cannot be written as JSON is refused with a TypeError, and tuples come back as lists.
    """

    def dumps(self, value: Any) -> int | str:
        # Redis counts up integers by itself.
        return value if type(value) is int else json.dumps(value)

    def loads(self, data: bytes) -> Any:
        return json.loads(data)
