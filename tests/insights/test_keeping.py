"""Counted days and marked days: what is kept, and when it is counted anew."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from core import tenancy
from insights import reading, rollup, verification
from insights.filters import EVERYTHING
from insights.models import DayTally, StaleDay
from insights.periods import Period
from messaging.models import Message, MessageStatus
from patients.models import Patient
from tests.factories import (
    CampaignFactory,
    MessageFactory,
    PatientFactory,
    StaleDayFactory,
    UserFactory,
)
from workspaces.models import User, Workspace

AT = datetime(2026, 3, 10, 17, tzinfo=UTC)
LATER = AT + timedelta(days=60)


def sent(at: datetime = AT, **fields: object) -> Message:
    message: Message = MessageFactory.create(
        **{"status": MessageStatus.SENT, "sent_at": at} | fields
    )
    return message


def marks(message: Message) -> int:
    with tenancy.within(message.workspace_id):
        return StaleDay.objects.count()


def change(message: Message, **values: object) -> None:
    with tenancy.within(message.workspace_id):
        Message.objects.filter(pk=message.pk).update(**values)


def spoil(workspace_id: UUID) -> None:
    with tenancy.within(workspace_id):
        DayTally.objects.update(asked=7)


def asked(workspace: Workspace) -> int:
    owner: User = UserFactory.create(workspace=workspace)
    period = Period(date(2026, 1, 1), date(2100, 1, 1))
    with tenancy.within(workspace.pk):
        return reading.figures(workspace, period, EVERYTHING, visible_to=owner).asked


@pytest.mark.django_db
def test_what_is_in_no_figure_leaves_no_mark() -> None:
    waiting = MessageFactory.create(status=MessageStatus.PENDING)

    change(waiting, status=MessageStatus.SENDING, claimed_until=AT)

    assert marks(waiting) == 0


@pytest.mark.django_db
def test_a_statement_leaves_one_mark_a_day() -> None:
    campaign = CampaignFactory.create()
    for _ in range(5):
        patient = PatientFactory.create(workspace=campaign.workspace, campaign=campaign)
        message = MessageFactory.create(workspace=campaign.workspace, patient=patient)

    with tenancy.within(campaign.workspace_id):
        Message.objects.update(status=MessageStatus.SENT, sent_at=AT)

    assert marks(message) == 1


@pytest.mark.django_db
def test_a_day_is_marked_where_it_was_and_where_it_is() -> None:
    message = sent()
    rollup.roll_up(now=LATER)

    change(message, sent_at=AT - timedelta(days=2))

    with tenancy.within(message.workspace_id):
        assert set(StaleDay.objects.values_list("day", flat=True)) == {
            date(2026, 3, 8),
            date(2026, 3, 10),
        }


@pytest.mark.django_db
def test_planning_marks_nothing() -> None:
    message = sent()
    rollup.roll_up(now=LATER)

    with tenancy.within(message.workspace_id):
        Patient.objects.update(asked_at=AT, name="Other", review_clicks=0)

    assert marks(message) == 0


@pytest.mark.django_db
def test_a_day_that_is_not_over_is_counted_when_it_has_rested() -> None:
    message = sent(at=timezone.now())

    assert rollup.roll_up() == 0
    assert rollup.roll_up(now=timezone.now() + timedelta(minutes=16)) == 1
    assert marks(message) == 0


@pytest.mark.django_db
def test_many_days_are_counted_in_batches() -> None:
    campaign = CampaignFactory.create()
    for days in range(rollup.BATCH + 3):
        StaleDayFactory.create(
            workspace_id=campaign.workspace_id,
            campaign_id=campaign.pk,
            day=date(2025, 1, 1) + timedelta(days=days),
        )

    assert rollup.roll_up() == rollup.BATCH + 3


@pytest.mark.django_db
def test_a_mark_of_a_campaign_that_is_gone_is_forgotten() -> None:
    StaleDayFactory.create()

    rollup.roll_up(now=timezone.now() + timedelta(hours=1))

    with tenancy.platform("test"):
        assert not StaleDay.objects.exists()


@pytest.mark.django_db
def test_verification_finds_a_wrong_tally_and_rebuilding_mends_it() -> None:
    message = sent()
    rollup.roll_up(now=LATER)
    spoil(message.workspace_id)
    said = StringIO()

    with pytest.raises(CommandError, match="rebuild"):
        call_command("insights", "verify", "--json", stdout=said)
    first = json.loads(said.getvalue().splitlines()[0])
    assert first["workspace"] == str(message.workspace_id)
    assert (first["read"]["asked"], first["recounted"]["asked"]) == (7, 1)

    call_command("insights", "rebuild", "--workspace", str(message.workspace_id), stdout=said)
    call_command("insights", "verify", stdout=said)
    assert "equals the recount" in said.getvalue()


@pytest.mark.django_db
def test_verification_finds_a_tally_that_is_missing() -> None:
    message = sent()
    rollup.roll_up(now=LATER)
    with tenancy.within(message.workspace_id):
        DayTally.objects.all().delete()

    said = StringIO()
    with pytest.raises(CommandError):
        call_command("insights", "verify", stdout=said)
    assert "None is to be" in said.getvalue()


@pytest.mark.django_db
def test_verification_knows_its_workspaces() -> None:
    with pytest.raises(CommandError, match="no workspace"):
        call_command("insights", "verify", "--workspace", "0192f000-0000-7000-8000-000000000000")


@pytest.mark.django_db(transaction=True)
def test_writers_and_the_counter_at_once_lose_nothing() -> None:
    campaign = CampaignFactory.create()
    messages = [
        sent(
            workspace=campaign.workspace,
            patient=PatientFactory.create(workspace=campaign.workspace, campaign=campaign),
        )
        for _ in range(40)
    ]

    def write(message: Message) -> None:
        for status in (MessageStatus.DELIVERED, MessageStatus.SENT, MessageStatus.DELIVERED):
            change(message, status=status)
        connection.close()

    def count(_time: int) -> None:
        rollup.roll_up_workspace(workspace_id=campaign.workspace_id)
        connection.close()

    with ThreadPoolExecutor(6) as pool:
        work = [pool.submit(write, message) for message in messages]
        work += [pool.submit(count, time) for time in range(20)]
        for one in work:
            one.result()

    assert verification.find_differences(campaign.workspace_id) == []
    rollup.roll_up_workspace(workspace_id=campaign.workspace_id)
    assert marks(messages[0]) == 0
    assert verification.find_differences(campaign.workspace_id) == []
