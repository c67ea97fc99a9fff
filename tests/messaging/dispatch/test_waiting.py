"""What changes while a message waits: it goes as things stand when it leaves, or not at all."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core import tenancy
from messaging.channels import Fate, Outcome
from messaging.dispatch.claiming import claim
from messaging.dispatch.completing import complete_finished
from messaging.dispatch.planning import plan
from messaging.dispatch.settling import settle
from messaging.models import Message, Sender
from patients.models import ImportStatus, Patient
from tests.factories import ImportFactory
from tests.messaging.world import messages, running_campaign, seen, shared_sender

pytestmark = pytest.mark.django_db


@pytest.fixture
def sender() -> Sender:
    return shared_sender()


def test_an_appointment_that_moved_while_its_ask_waited_is_asked_about_later(
    sender: Sender,
) -> None:
    campaign = running_campaign(scheduled_hours_after=2)
    patient = seen(campaign)
    plan()
    tomorrow = timezone.now() + timedelta(days=1)
    with tenancy.platform("test"):
        Patient.objects.update(appointment_time=tomorrow)

    assert claim(sender=sender, limit=1) == []
    assert messages() == []
    assert plan() == 0

    after = tomorrow + timedelta(hours=2, minutes=1)
    assert plan(now=after) == 1
    assert [message.id for message in claim(sender=sender, limit=1, now=after)] == [
        message.pk for message in messages(patient=patient)
    ]


def test_a_reminder_that_waited_is_dropped_once_the_patient_is_on_the_review_page(
    sender: Sender,
) -> None:
    campaign = running_campaign(reminder_after_hours=1)
    seen(campaign)
    plan()
    with tenancy.platform("test"):
        Message.objects.update(status="SENT", sent_at=timezone.now() - timedelta(hours=2))
    assert plan() == 1
    with tenancy.platform("test"):
        Patient.objects.update(review_clicks=1)

    assert claim(sender=sender, limit=1) == []
    assert [message.status for message in messages(type="REMINDER")] == ["CANCELLED"]


def test_a_campaign_is_not_complete_while_a_failure_may_still_be_put_right() -> None:
    campaign = running_campaign()
    seen(campaign)
    plan()
    with tenancy.platform("test"):
        Message.objects.update(status="FAILED", error_code="30003", updated_at=timezone.now())

    assert complete_finished() == 0
    assert complete_finished(now=timezone.now() + timedelta(hours=3)) == 1


def test_a_campaign_is_not_complete_while_a_list_is_on_its_way_in() -> None:
    campaign = running_campaign()
    seen(campaign, hours_ago=100)
    coming = ImportFactory.create(
        workspace=campaign.workspace, campaign=campaign, status=ImportStatus.CHECKED
    )
    assert complete_finished() == 0

    with tenancy.platform("test"):
        type(coming).objects.update(status=ImportStatus.DONE)
    assert complete_finished() == 1


def test_a_message_is_tried_again_without_the_marks_of_the_time_before(sender: Sender) -> None:
    seen(running_campaign())
    plan()
    throttled = Outcome(Fate.RETRY, code="20429", reason="too many", retry_after=0)
    settle([(message, throttled) for message in claim(sender=sender, limit=1)])
    assert messages()[0].error_code == "20429"

    claim(sender=sender, limit=1)

    assert (messages()[0].error_code, messages()[0].error) == ("", "")


def test_different_waits_are_settled_together(sender: Sender) -> None:
    campaign = running_campaign()
    for _ in range(2):
        seen(campaign)
    plan()
    first, second = claim(sender=sender, limit=2)

    settle([(first, Outcome(Fate.RETRY, retry_after=300)), (second, Outcome(Fate.RETRY))])

    assert [message.status for message in messages()] == ["PENDING", "PENDING"]
