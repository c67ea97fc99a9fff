"""Marks on changed days, and the roll-up that counts them."""

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


def create_sent(at: datetime = AT, **fields: object) -> Message:
    message: Message = MessageFactory.create(
        **{"status": MessageStatus.SENT, "sent_at": at} | fields
    )
    return message


def count_marks(message: Message) -> int:
    with tenancy.within(message.workspace_id):
        return StaleDay.objects.count()


def update(message: Message, **values: object) -> None:
    with tenancy.within(message.workspace_id):
        Message.objects.filter(pk=message.pk).update(**values)


def corrupt_tallies(workspace_id: UUID) -> None:
    with tenancy.within(workspace_id):
        DayTally.objects.update(asked=7)


def read_asked(workspace: Workspace) -> int:
    owner: User = UserFactory.create(workspace=workspace)
    period = Period(date(2026, 1, 1), date(2100, 1, 1))
    with tenancy.within(workspace.pk):
        return reading.read_figures(workspace, period, EVERYTHING, visible_to=owner).asked


@pytest.mark.django_db
def test_change_of_waiting_message_leaves_no_mark() -> None:
    waiting = MessageFactory.create(status=MessageStatus.PENDING)

    update(waiting, status=MessageStatus.SENDING, claimed_until=AT)

    assert count_marks(waiting) == 0


@pytest.mark.django_db
def test_statement_leaves_one_mark_for_each_day() -> None:
    campaign = CampaignFactory.create()
    for _ in range(5):
        patient = PatientFactory.create(workspace=campaign.workspace, campaign=campaign)
        message = MessageFactory.create(workspace=campaign.workspace, patient=patient)

    with tenancy.within(campaign.workspace_id):
        Message.objects.update(status=MessageStatus.SENT, sent_at=AT)

    assert count_marks(message) == 1


@pytest.mark.django_db
def test_moved_message_marks_its_old_and_new_day() -> None:
    message = create_sent()
    rollup.roll_up(now=LATER)

    update(message, sent_at=AT - timedelta(days=2))

    with tenancy.within(message.workspace_id):
        assert set(StaleDay.objects.values_list("day", flat=True)) == {
            date(2026, 3, 8),
            date(2026, 3, 10),
        }


@pytest.mark.django_db
def test_update_of_other_patient_fields_leaves_no_mark() -> None:
    message = create_sent()
    rollup.roll_up(now=LATER)

    with tenancy.within(message.workspace_id):
        Patient.objects.update(asked_at=AT, name="Other", review_clicks=0)

    assert count_marks(message) == 0


@pytest.mark.django_db
def test_today_is_counted_only_after_a_rest() -> None:
    message = create_sent(at=timezone.now())

    assert rollup.roll_up() == 0
    assert rollup.roll_up(now=timezone.now() + timedelta(minutes=16)) == 1
    assert count_marks(message) == 0


@pytest.mark.django_db
def test_more_days_than_a_batch_are_all_counted() -> None:
    campaign = CampaignFactory.create()
    for days in range(rollup.BATCH + 3):
        StaleDayFactory.create(
            workspace_id=campaign.workspace_id,
            campaign_id=campaign.pk,
            day=date(2025, 1, 1) + timedelta(days=days),
        )

    assert rollup.roll_up() == rollup.BATCH + 3


@pytest.mark.django_db
def test_mark_of_deleted_campaign_is_deleted() -> None:
    StaleDayFactory.create()

    rollup.roll_up(now=timezone.now() + timedelta(hours=1))

    with tenancy.platform("test"):
        assert not StaleDay.objects.exists()


@pytest.mark.django_db
def test_verification_finds_wrong_tally_and_rebuild_corrects_it() -> None:
    message = create_sent()
    rollup.roll_up(now=LATER)
    corrupt_tallies(message.workspace_id)
    output = StringIO()

    with pytest.raises(CommandError, match="rebuild"):
        call_command("insights", "verify", "--json", stdout=output)
    first = json.loads(output.getvalue().splitlines()[0])
    assert first["workspace"] == str(message.workspace_id)
    assert (first["read"]["asked"], first["recounted"]["asked"]) == (7, 1)

    call_command("insights", "rebuild", "--workspace", str(message.workspace_id), stdout=output)
    call_command("insights", "verify", stdout=output)
    assert "equals the recount" in output.getvalue()


@pytest.mark.django_db
def test_verification_finds_missing_tally() -> None:
    message = create_sent()
    rollup.roll_up(now=LATER)
    with tenancy.within(message.workspace_id):
        DayTally.objects.all().delete()

    output = StringIO()
    with pytest.raises(CommandError):
        call_command("insights", "verify", stdout=output)
    assert "None is to be" in output.getvalue()


@pytest.mark.django_db
def test_verification_of_unknown_workspace_fails() -> None:
    with pytest.raises(CommandError, match="no workspace"):
        call_command("insights", "verify", "--workspace", "0192f000-0000-7000-8000-000000000000")


@pytest.mark.django_db(transaction=True)
def test_concurrent_writes_and_roll_ups_lose_no_change() -> None:
    campaign = CampaignFactory.create()
    messages = [
        create_sent(
            workspace=campaign.workspace,
            patient=PatientFactory.create(workspace=campaign.workspace, campaign=campaign),
        )
        for _ in range(40)
    ]

    def write(message: Message) -> None:
        for status in (MessageStatus.DELIVERED, MessageStatus.SENT, MessageStatus.DELIVERED):
            update(message, status=status)
        connection.close()

    def roll_up(_index: int) -> None:
        rollup.roll_up_workspace(workspace_id=campaign.workspace_id)
        connection.close()

    with ThreadPoolExecutor(6) as pool:
        work = [pool.submit(write, message) for message in messages]
        work += [pool.submit(roll_up, index) for index in range(20)]
        for future in work:
            future.result()

    assert verification.find_differences(campaign.workspace_id) == []
    rollup.roll_up_workspace(workspace_id=campaign.workspace_id)
    assert count_marks(messages[0]) == 0
    assert verification.find_differences(campaign.workspace_id) == []
