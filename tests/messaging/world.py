"""A clinic that may send at any hour, and people that were seen there."""

from datetime import time, timedelta
from typing import Any

from django.utils import timezone

from campaigns.models import Campaign, CampaignStatus
from core import tenancy
from messaging.models import Message, Sender
from patients.models import Patient
from templates_app.models import Channel
from tests.factories import CampaignFactory, PatientFactory, PracticeFactory, SenderFactory
from workspaces.models import Workspace

ALL_DAY = {"window_start": time(0), "window_end": time(23, 59, 59, 999999)}


def running_campaign(workspace: Workspace | None = None, **fields: Any) -> Campaign:
    practice = {"workspace": workspace} if workspace else {}
    place = fields.pop("practice", None) or PracticeFactory.create(**practice, **ALL_DAY)
    campaign: Campaign = CampaignFactory.create(
        workspace=place.workspace, practice=place, status=CampaignStatus.ACTIVE, **fields
    )
    return campaign


def create_patient(campaign: Campaign, *, hours_ago: float = 3, **fields: Any) -> Patient:
    """A patient whose appointment is over, with consent, not asked yet."""
    when = timezone.now() - timedelta(hours=hours_ago)
    patient: Patient = PatientFactory.create(
        workspace=campaign.workspace, campaign=campaign, appointment_time=when, **fields
    )
    return patient


def shared_sender(channel: str = Channel.SMS, **fields: Any) -> Sender:
    sender: Sender = SenderFactory.create(
        workspace=None, channel=channel, **{"rate_per_second": 1000, "two_way": True} | fields
    )
    return sender


def find_messages(**filters: Any) -> list[Message]:
    with tenancy.platform("test"):
        return list(Message.objects.filter(**filters).select_related("patient").order_by("id"))
