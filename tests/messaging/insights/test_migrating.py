"""What a release with another rule does to days that were counted by the old one."""

from datetime import UTC, date, datetime
from importlib import import_module

import pytest
from django.db import IntegrityError, connection, transaction

from messaging.insights import rolling, verifying
from messaging.models import DayTally, StaleDay, Status
from tests.factories import CampaignFactory, MessageFactory, PatientFactory
from workspaces import tenancy

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 10, 17, tzinfo=UTC)
migration = import_module("messaging.migrations.0002_figures_by_channel")


def mark_all_days() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(migration.MARK_ALL_DAYS)


def test_days_of_the_old_rule_are_read_by_the_new_one_and_counted_anew() -> None:
    clinics = [CampaignFactory.create() for _ in range(2)]
    for campaign in clinics:
        for day in (10, 11):
            MessageFactory.create(
                workspace=campaign.workspace,
                patient=PatientFactory.create(workspace=campaign.workspace, campaign=campaign),
                channel="EMAIL",
                status=Status.SENT,
                sent_at=NOON.replace(day=day),
            )
        rolling.roll_now(workspace_id=campaign.workspace_id)
        with tenancy.within(campaign.workspace_id):
            DayTally.objects.update(delivered=0)  # as the old rule had it
        assert verifying.differences(campaign.workspace_id)

    mark_all_days()

    for campaign in clinics:
        with tenancy.within(campaign.workspace_id):
            marked = list(StaleDay.objects.values_list("day", flat=True))
        assert sorted(marked) == [date(2026, 3, 10), date(2026, 3, 11)]
        assert verifying.differences(campaign.workspace_id) == []
    assert rolling.roll() == 4
    for campaign in clinics:
        with tenancy.within(campaign.workspace_id):
            assert not StaleDay.objects.exists()
        assert verifying.differences(campaign.workspace_id) == []


def test_an_empty_database_has_no_day_to_mark() -> None:
    mark_all_days()

    with tenancy.platform("test"):
        assert not StaleDay.objects.exists()


def test_the_door_is_closed_after_marking() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(migration.MARK_ALL_DAYS)
        assert tenancy.opened() == ("", "")


def test_a_worker_of_the_old_code_cannot_tally_by_the_old_rule() -> None:
    campaign = CampaignFactory.create()
    with (
        pytest.raises(IntegrityError, match="opted_out"),
        tenancy.within(campaign.workspace_id),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            """INSERT INTO messaging_daytally
                   (id, workspace_id, campaign_id, day, facet, channel, doctor, appointment_type,
                    asked, delivered, answered, failed, clicked, rated_1, rated_2, rated_3, rated_4,
                    rated_5, delivery_ms, deliveries_timed, response_ms, responses_timed, credits)
               VALUES (uuid7(), %s, %s, '2026-03-10', 'whole', '', '', '',
                       1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)""",
            [campaign.workspace_id, campaign.pk],
        )
