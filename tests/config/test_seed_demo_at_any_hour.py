from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, models

from config import demo_data
from config.demo_data.story import DEMO
from messaging.models import Feedback, InboundMessage, Message
from patients.models import Import, Suppression
from workspaces import tenancy
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("America/Guayaquil")


@pytest.mark.parametrize(
    "now",
    [
        datetime(2026, 1, 1, 0, 1, tzinfo=ZONE),
        datetime(2026, 3, 1, 23, 59, tzinfo=ZONE),
        datetime(2025, 12, 22, 7, 0, tzinfo=ZONE),
    ],
    ids=["the first minute of a year", "late on a sunday", "early on a monday"],
)
def test_the_past_is_past_and_the_balance_is_right(now: datetime) -> None:
    demo_data.seed(now=now)

    connection.check_constraints()
    with tenancy.platform("test"):
        assert Workspace.objects.get(pk=DEMO.id).message_credits == 2000
        for model in (Message, InboundMessage, Feedback, Import, Suppression):
            for field in model._meta.concrete_fields:
                if isinstance(field, models.DateTimeField):
                    latest = model._default_manager.aggregate(at=models.Max(field.name))["at"]
                    assert latest is None or latest <= now, field
