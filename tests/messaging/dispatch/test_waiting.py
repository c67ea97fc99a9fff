"""Changes while a message waits: it is sent as of the moment of the claim, or not at all."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core import tenancy
from messaging.channels import SendOutcome, SendResult
from messaging.dispatch.campaign_completion import complete_finished_campaigns
from messaging.dispatch.claiming import claim_batch
from messaging.dispatch.planning import plan_messages
from messaging.dispatch.settling import settle_batch
from messaging.models import Message, Sender
from patients.models import ImportStatus, Patient
from tests.factories import ImportFactory
from tests.messaging.world import create_patient, find_messages, running_campaign, shared_sender

pytestmark = pytest.mark.django_db


@pytest.fixture
def sender() -> Sender:
    return shared_sender()


def test_waiting_ask_of_a_moved_appointment_is_sent_later(
    sender: Sender,
) -> None:
    campaign = running_campaign(scheduled_hours_after=2)
    patient = create_patient(campaign)
    plan_messages()
    tomorrow = timezone.now() + timedelta(days=1)
    with tenancy.platform("test"):
        Patient.objects.update(appointment_time=tomorrow)

    assert claim_batch(sender=sender, limit=1) == []
    assert find_messages() == []
    assert plan_messages() == 0

    after = tomorrow + timedelta(hours=2, minutes=1)
    assert plan_messages(now=after) == 1
    assert [message.id for message in claim_batch(sender=sender, limit=1, now=after)] == [
        message.pk for message in find_messages(patient=patient)
    ]


def test_waiting_reminder_is_cancelled_after_click_on_review_link(
    sender: Sender,
) -> None:
    campaign = running_campaign(reminder_after_hours=1)
    create_patient(campaign)
    plan_messages()
    with tenancy.platform("test"):
        Message.objects.update(status="SENT", sent_at=timezone.now() - timedelta(hours=2))
    assert plan_messages() == 1
    with tenancy.platform("test"):
        Patient.objects.update(review_clicks=1)

    assert claim_batch(sender=sender, limit=1) == []
    assert [message.status for message in find_messages(type="REMINDER")] == ["CANCELLED"]


def test_campaign_is_not_completed_while_a_message_can_be_retried() -> None:
    campaign = running_campaign()
    create_patient(campaign)
    plan_messages()
    with tenancy.platform("test"):
        Message.objects.update(status="FAILED", error_code="30003", updated_at=timezone.now())

    assert complete_finished_campaigns() == 0
    assert complete_finished_campaigns(now=timezone.now() + timedelta(hours=3)) == 1


def test_campaign_is_not_completed_during_an_import() -> None:
    campaign = running_campaign()
    create_patient(campaign, hours_ago=100)
    coming = ImportFactory.create(
        workspace=campaign.workspace, campaign=campaign, status=ImportStatus.CHECKED
    )
    assert complete_finished_campaigns() == 0

    with tenancy.platform("test"):
        type(coming).objects.update(status=ImportStatus.DONE)
    assert complete_finished_campaigns() == 1


def test_retried_message_has_no_error_of_the_first_attempt(sender: Sender) -> None:
    create_patient(running_campaign())
    plan_messages()
    throttled = SendOutcome(SendResult.RETRY, code="20429", reason="too many", retry_after=0)
    settle_batch([(message, throttled) for message in claim_batch(sender=sender, limit=1)])
    assert find_messages()[0].error_code == "20429"

    claim_batch(sender=sender, limit=1)

    assert (find_messages()[0].error_code, find_messages()[0].error) == ("", "")


def test_outcomes_with_different_pauses_are_settled_in_one_batch(sender: Sender) -> None:
    campaign = running_campaign()
    for _ in range(2):
        create_patient(campaign)
    plan_messages()
    first, second = claim_batch(sender=sender, limit=2)

    settle_batch(
        [
            (first, SendOutcome(SendResult.RETRY, retry_after=300)),
            (second, SendOutcome(SendResult.RETRY)),
        ]
    )

    assert [message.status for message in find_messages()] == ["PENDING", "PENDING"]
