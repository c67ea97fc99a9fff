"""Who is asked and who is not, with a test for each reason."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from billing.models import EntryKind
from campaigns.models import CampaignStatus
from core import tenancy
from messaging.dispatch.planning import plan_messages
from patients.holds import hold_address
from patients.models import Patient, SuppressionReason
from patients.suppressions import suppress_address
from templates_app.models import Channel
from tests.factories import (
    CreditEntryFactory,
    EntitlementFactory,
    InboundMessageFactory,
    MessageFactory,
    PracticeFactory,
    WorkspaceFactory,
)
from tests.messaging.world import create_patient, find_messages, running_campaign
from workspaces import entitlements
from workspaces.models import Feature, Plan, Workspace

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_patient_is_asked_after_the_delay() -> None:
    campaign = running_campaign(scheduled_hours_after=2)
    due = create_patient(campaign, hours_ago=2.01)
    create_patient(campaign, hours_ago=1.99)

    assert plan_messages() == 1
    [message] = find_messages()
    assert (message.patient, message.type, message.status) == (due, "INITIAL", "PENDING")
    with tenancy.platform("test"):
        assert Patient.objects.get(pk=due.pk).asked_at is not None


def test_second_plan_adds_nothing() -> None:
    create_patient(running_campaign())

    assert [plan_messages(), plan_messages(), plan_messages()] == [1, 0, 0]


@pytest.mark.parametrize(
    "fields",
    [
        {"has_consent": False, "consent_at": None},
        {"opted_out_at": timezone.now()},
        {"data_deleted_at": timezone.now()},
        {"asked_at": timezone.now()},
        {"hours_ago": 2 + 72.1},
        {"hours_ago": -5},
    ],
    ids=["no consent", "opted out", "erased", "asked", "too old", "still to come"],
)
def test_patient_is_not_asked(fields: dict[str, Any]) -> None:
    create_patient(running_campaign(), **fields)

    assert plan_messages() == 0


@pytest.mark.parametrize(
    "status", [status for status in CampaignStatus if status != CampaignStatus.ACTIVE]
)
def test_only_active_campaign_asks(status: CampaignStatus) -> None:
    campaign = running_campaign()
    create_patient(campaign)
    with tenancy.platform("test"):
        type(campaign).objects.filter(pk=campaign.pk).update(status=status)

    assert plan_messages() == 0


@pytest.mark.parametrize("address", ["+593987654321", "ana@example.com", "ANA@example.com"])
def test_suppressed_address_is_not_asked(address: str) -> None:
    campaign = running_campaign()
    with tenancy.within(campaign.workspace_id):
        suppress_address(
            workspace_id=campaign.workspace_id, address=address, reason=SuppressionReason.REPLY
        )
    create_patient(campaign, phone="+593987654321", email="ana@example.com")

    assert plan_messages() == 0


def test_suppression_of_another_clinic_is_ignored() -> None:
    campaign = running_campaign()
    other = WorkspaceFactory.create()
    with tenancy.within(other.pk):
        suppress_address(
            workspace_id=other.pk, address="+593987654321", reason=SuppressionReason.REPLY
        )
    create_patient(campaign, phone="+593987654321")

    assert plan_messages() == 1


@pytest.mark.parametrize(("days", "asked"), [(29, 0), (31, 1)])
def test_person_is_not_asked_again_too_soon_by_another_campaign(days: int, asked: int) -> None:
    first = running_campaign()
    second = running_campaign(first.workspace)
    before = timezone.now() - timedelta(days=days)
    create_patient(first, phone="+593987654321", asked_at=before, hours_ago=days * 24)
    create_patient(second, phone="+593987654321")

    assert plan_messages() == asked


def test_person_in_two_lists_is_asked_once() -> None:
    first = running_campaign()
    second = running_campaign(first.workspace)
    for campaign in (first, second):
        create_patient(campaign, phone="+593987654321")

    assert plan_messages() == 1
    assert plan_messages() == 0


def test_person_at_two_clinics_is_asked_by_both() -> None:
    for campaign in (running_campaign(), running_campaign()):
        create_patient(campaign, phone="+593987654321")

    assert plan_messages() == 2


def test_without_credits_nothing_is_planned_until_credits_are_added() -> None:
    campaign = running_campaign()
    create_patient(campaign)
    CreditEntryFactory.create(workspace=campaign.workspace, kind=EntryKind.DEBIT, amount=-50)
    assert plan_messages() == 0

    CreditEntryFactory.create(workspace=campaign.workspace, kind=EntryKind.PURCHASE, amount=1)
    assert plan_messages() == 1


@pytest.mark.parametrize(
    ("fields", "channel"),
    [
        ({}, Channel.SMS),
        ({"preferred_channel": Channel.WHATSAPP}, Channel.WHATSAPP),
        ({"preferred_channel": Channel.WHATSAPP, "phone": "", "email": "a@b.ec"}, Channel.EMAIL),
        ({"phone": "", "email": "a@b.ec"}, Channel.EMAIL),
        ({"preferred_channel": Channel.EMAIL, "email": "a@b.ec"}, Channel.EMAIL),
        ({"preferred_channel": Channel.EMAIL}, Channel.SMS),
    ],
)
def test_ask_uses_a_channel_that_the_patient_has(fields: dict[str, Any], channel: str) -> None:
    create_patient(running_campaign(), **fields)

    plan_messages()

    assert [message.channel for message in find_messages()] == [channel]


@pytest.mark.parametrize(
    ("stored", "right", "channel"),
    [
        (Plan.FREE, {}, "SMS"),
        (Plan.STARTER, {}, "WHATSAPP"),
        (Plan.FREE, {"plan": Plan.STARTER}, "WHATSAPP"),
        (Plan.FREE, {"plan": Plan.PROFESSIONAL, "ends_at": timezone.now()}, "SMS"),
        (Plan.FREE, {"plan": Plan.PROFESSIONAL, "starts_at": timezone.now() + DAY}, "SMS"),
        (Plan.FREE, {"plan": "", "limit": "users", "extra": 5}, "SMS"),
    ],
)
def test_plan_without_whatsapp_asks_by_sms(
    stored: Plan, right: dict[str, Any], channel: str
) -> None:
    campaign = running_campaign(WorkspaceFactory.create(plan=stored))
    EntitlementFactory.create(plan=Plan.ENTERPRISE)  # another clinic's
    if right:
        EntitlementFactory.create(workspace=campaign.workspace, **right)
    create_patient(campaign, preferred_channel=Channel.WHATSAPP)
    create_patient(campaign, preferred_channel=Channel.WHATSAPP, phone="", email="a@example.com")

    plan_messages()

    assert {message.channel for message in find_messages()} == {channel, "EMAIL"}
    with tenancy.within(campaign.workspace_id):
        may = entitlements.has_feature(campaign.workspace, Feature.WHATSAPP)
    assert may == (channel == "WHATSAPP")


def test_reminder_is_sms_if_plan_no_longer_has_whatsapp() -> None:
    ask = _create_ask(running_campaign(reminder_after_hours=24), hours_ago=25)
    with tenancy.platform("test"):
        type(ask).objects.filter(pk=ask.pk).update(channel=Channel.WHATSAPP)
        Workspace.objects.filter(pk=ask.workspace_id).update(plan=Plan.FREE)

    assert plan_messages() == 1
    assert [message.channel for message in find_messages(type="REMINDER")] == ["SMS"]


@pytest.mark.parametrize(
    ("start", "end", "utc", "is_open"),
    [
        (time(8), time(20), "2026-11-20T13:00", True),
        (time(8), time(20), "2026-11-20T12:59", False),
        (time(8), time(20), "2026-11-21T00:59", True),
        (time(8), time(20), "2026-11-21T01:00", False),
        (time(20), time(2), "2026-11-21T01:00", True),
        (time(20), time(2), "2026-11-21T06:59", True),
        (time(20), time(2), "2026-11-21T07:00", False),
        (time(20), time(2), "2026-11-20T17:00", False),
    ],
)
def test_asks_wait_for_sending_hours(start: time, end: time, utc: str, is_open: bool) -> None:
    now = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    practice = PracticeFactory.create(
        window_start=start, window_end=end, timezone="America/Guayaquil"
    )
    campaign = running_campaign(practice=practice)
    patient = create_patient(campaign)
    with tenancy.platform("test"):
        Patient.objects.filter(pk=patient.pk).update(appointment_time=now - timedelta(hours=3))

    assert plan_messages(now=now) == is_open


@pytest.mark.parametrize(
    ("utc", "is_open"),
    [("2026-03-28T07:30", True), ("2026-03-29T06:30", True), ("2026-03-29T05:59", False)],
)
def test_sending_hours_follow_daylight_saving_time(utc: str, is_open: bool) -> None:
    """In Madrid 8:00 is 7:00 UTC on Saturday and 6:00 UTC on Sunday."""
    now = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    practice = PracticeFactory.create(timezone="Europe/Madrid", country="ES")
    patient = create_patient(running_campaign(practice=practice))
    with tenancy.platform("test"):
        Patient.objects.filter(pk=patient.pk).update(appointment_time=now - timedelta(hours=3))

    assert plan_messages(now=now) == is_open


def test_patient_without_answer_is_reminded_once() -> None:
    campaign = running_campaign(reminder_after_hours=24)
    ask = _create_ask(campaign, hours_ago=25)

    assert [plan_messages(), plan_messages()] == [1, 0]
    assert [m.patient for m in find_messages(type="REMINDER")] == [ask.patient]


@pytest.mark.parametrize(
    "why",
    [
        *("too early", "answered", "wrote", "opted out", "clicked", "failed", "off"),
        *("dead number", "held", "did not happen"),
    ],
)
def test_patient_is_not_reminded(why: str) -> None:
    campaign = running_campaign(reminder_after_hours=None if why == "off" else 24)
    ask = _create_ask(campaign, hours_ago=23 if why == "too early" else 25)
    with tenancy.platform("test"):
        now = timezone.now()
        if why == "answered":
            type(ask).objects.filter(pk=ask.pk).update(status="REPLIED", replied_at=now, rating=5)
        elif why == "failed":
            type(ask).objects.filter(pk=ask.pk).update(status="FAILED")
        elif why == "opted out":
            Patient.objects.filter(pk=ask.patient_id).update(opted_out_at=now)
        elif why == "clicked":
            Patient.objects.filter(pk=ask.patient_id).update(review_clicks=1)
        elif why == "did not happen":
            Patient.objects.filter(pk=ask.patient_id).update(did_not_happen=True)
        elif why == "dead number":
            dead = SuppressionReason.UNREACHABLE
            address = ask.patient.phone
            suppress_address(workspace_id=ask.workspace_id, address=address, reason=dead)
        elif why == "held":
            hold_address(workspace_id=ask.workspace_id, address=ask.patient.phone)
    if why == "wrote":
        InboundMessageFactory.create(workspace=campaign.workspace, patient=ask.patient)

    assert plan_messages() == 0


def _create_ask(campaign: Any, *, hours_ago: float) -> Any:
    sent = timezone.now() - timedelta(hours=hours_ago)
    patient = create_patient(campaign, asked_at=sent, hours_ago=hours_ago + 2)
    return MessageFactory.create(
        workspace=campaign.workspace, patient=patient, status="DELIVERED", sent_at=sent
    )


@pytest.mark.django_db(transaction=True)
def test_concurrent_planners_ask_each_person_once() -> None:
    first = running_campaign()
    second = running_campaign(first.workspace)
    for number in range(40):
        for campaign in (first, second):
            create_patient(campaign, phone=f"+5939876500{number:02d}")

    def one(_number: int) -> int:
        try:
            return plan_messages(limit=7)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        sum(pool.map(one, range(30)))
    while plan_messages():
        pass

    assert len(find_messages()) == 40
    assert len({message.patient.phone for message in find_messages()}) == 40
