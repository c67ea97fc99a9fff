"""What each code says to people: what happened, and what to do."""

from collections.abc import Mapping
from typing import Any


def sentence(code: str, details: Mapping[str, Any]) -> str:
    return f"{code} {dict(details)}"
