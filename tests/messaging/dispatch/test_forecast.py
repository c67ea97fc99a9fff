"""The forecast of an import agrees with what the planner does for the same patients."""

import random
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

import pytest
from django.utils import timezone

from campaigns.models import Campaign
from core import tenancy
from messaging.dispatch.planning import plan_messages
from tests.factories import PracticeFactory, WorkspaceFactory
from tests.messaging.world import create_patient, running_campaign
from tests.patients.imports.lists import import_list, make_row

pytestmark = pytest.mark.django_db

PHONES = [f"09912345{n}" for n in range(10, 16)]
UNDO = timedelta(minutes=5)
EMAILS = ["", "", "a@example.com", "b@example.com", "c@example.com"]


def forecast_asks(listed_preview: Iterable[dict[str, object]]) -> dict[int, datetime]:
    return {
        int(str(told["row"])): datetime.fromisoformat(str(told["ask_at"])).astimezone(UTC)
        for told in listed_preview
        if told["will_be_asked"] and told["outcome"] == "new"
    }


def asked_by_planner(campaign: Campaign, moments: Iterable[datetime]) -> dict[int, datetime]:
    """Return whom the planner asks if it runs at these times."""
    asked: dict[int, datetime] = {}
    for moment in sorted(set(moments)):
        while plan_messages(now=moment):
            pass  # of people who share an e-mail, one after the other
        with tenancy.within(campaign.workspace_id):
            for patient in campaign.patients.within(campaign.workspace_id).exclude(asked_at=None):
                if patient.row_number:
                    asked.setdefault(patient.row_number, moment.astimezone(UTC))
    return asked


def ticks(since: datetime, days: int) -> list[datetime]:
    """Every half hour after the list can no longer be undone, and then for days."""
    hour = since.replace(minute=0, second=0, microsecond=0)
    halves = [hour + timedelta(minutes=30 * n) for n in range(days * 48)]
    return [since + timedelta(days=n) for n in range(days)] + [at for at in halves if at > since]


@pytest.mark.parametrize("seed", range(4))
def test_planner_asks_the_patients_of_the_forecast_at_its_times(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - a story that comes back
    workspace = WorkspaceFactory.create(ask_again_after_days=chance.choice([1, 2, 30]))
    practice = PracticeFactory.create(
        workspace=workspace, window_start=time(8), window_end=chance.choice([time(12), time(20)])
    )
    campaign = running_campaign(practice=practice, scheduled_hours_after=chance.choice([0, 2, 24]))
    other = running_campaign(practice=practice, scheduled_hours_after=5)
    now = timezone.localtime().replace(minute=0, second=0, microsecond=0)
    for phone in PHONES[:3]:
        create_patient(
            other,
            hours_ago=chance.choice([-10, -30, 4]),
            phone="+593" + phone[1:],
            asked_at=chance.choice([None, now - timedelta(days=1, hours=3)]),
        )
    rows = [
        make_row(
            f"P{number}",
            chance.choice(PHONES),
            email=chance.choice(EMAILS),
            at=now + timedelta(minutes=30 * chance.randrange(-200, 200)),
        )
        for number in range(30)
    ]
    listed = import_list(campaign, rows)
    assert listed.started_at
    assert listed.forecast.keys() & {"asked_lately", "too_old"}

    assert asked_by_planner(campaign, ticks(listed.started_at + UNDO, 9)) == forecast_asks(
        listed.preview
    )
