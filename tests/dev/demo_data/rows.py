"""Count rows of the demo's data."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from dev.demo_data.story import DEMO
from messaging.models import Message
from tests.guards import tenants

ZONE = ZoneInfo("America/Guayaquil")
NOON = datetime(2025, 3, 12, 12, tzinfo=ZONE)


def counts() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in tenants.our_models()}


def asks() -> Any:
    return Message.objects.filter(type="INITIAL", workspace_id=DEMO.id)


def share(part: int, whole: int) -> float:
    return round(100 * part / whole, 1)
