import os
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, models

from core import tenancy
from dev import demo_data
from dev.demo_data.story import DEMO
from messaging.models import Feedback, InboundMessage, Message, RecoveryStatus
from messaging.patient_pages import visits
from patients.models import Import, Patient, Suppression
from workspaces.models import Workspace

pytestmark = pytest.mark.django_db

ZONE = ZoneInfo("America/Guayaquil")


# `make test-long` seeds the demo on all of these days, the normal suite on every second.
DAYS = {
    "the first minute of a year": datetime(2026, 1, 1, 0, 1, tzinfo=ZONE),
    "late on a sunday": datetime(2026, 3, 1, 23, 59, tzinfo=ZONE),
    "a sunday on which the oldest case was too old": datetime(2026, 11, 29, 18, 20, tzinfo=UTC),
    "early on a monday": datetime(2025, 12, 22, 7, 0, tzinfo=ZONE),
    "a leap day that has not begun in Quito": datetime(2028, 2, 29, 0, 30, tzinfo=UTC),
    "new year's eve": datetime(2027, 12, 31, 23, 30, tzinfo=UTC),
}
STEP = 1 if os.environ.get("EVERY_DAY") == "1" else 2


@pytest.mark.parametrize("now", [*DAYS.values()][::STEP], ids=[*DAYS][::STEP])
def test_demo_of_any_day_has_a_past_and_links_that_work(now: datetime) -> None:
    demo_data.seed(now=now)

    connection.check_constraints()
    with tenancy.platform("test"):
        assert Workspace.objects.get(pk=DEMO.id).message_credits == 2000
        for model in (Message, InboundMessage, Feedback, Import, Suppression):
            for field in model._meta.concrete_fields:
                if isinstance(field, models.DateTimeField):
                    latest = model._default_manager.aggregate(at=models.Max(field.name))["at"]
                    assert latest is None or latest <= now, field
        unfinished = Feedback.objects.exclude(status=RecoveryStatus.RESOLVED)
        patients = Patient.objects.filter(pk__in=unfinished.values("patient"))
        assert patients.exists()
        assert not patients.filter(asked_at__lt=now - visits.LINKS_LAST).exists()
