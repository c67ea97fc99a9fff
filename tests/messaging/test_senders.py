"""No campaign starts whose messages nobody could send."""

import pytest
from django.test import Client
from django.utils import timezone

from campaigns.actions import activate_campaign
from campaigns.models import CampaignStatus
from core import tenancy
from core.errors import ProblemError
from messaging import senders
from templates_app.models import Channel
from tests.factories import CampaignFactory, SenderFactory, UserFactory, WorkspaceFactory
from tests.messaging.world import create_patient, shared_sender
from workspaces.models import Plan

pytestmark = pytest.mark.django_db


def test_campaign_page_names_channel_without_sender(client: Client) -> None:
    owner = UserFactory.create()
    campaign = CampaignFactory.create(workspace=owner.workspace)
    create_patient(campaign, preferred_channel=Channel.WHATSAPP)
    shared_sender(Channel.SMS)

    with tenancy.within(campaign.workspace_id), pytest.raises(ProblemError, match="WhatsApp"):
        activate_campaign(campaign=campaign, by=owner)
    client.force_login(owner)
    page = client.get(f"/campaigns/{campaign.pk}/").content.decode()

    assert "WhatsApp" in page
    assert "/activate/" not in page


def test_campaign_with_sender_for_each_channel_can_start() -> None:
    owner = UserFactory.create()
    campaign = CampaignFactory.create(workspace=owner.workspace)
    for channel in (Channel.SMS, Channel.WHATSAPP):
        create_patient(campaign, preferred_channel=channel)
        shared_sender(channel)

    with tenancy.within(campaign.workspace_id):
        assert activate_campaign(campaign=campaign, by=owner).status == CampaignStatus.ACTIVE


def test_plan_without_whatsapp_needs_no_whatsapp_sender() -> None:
    owner = UserFactory.create(workspace__plan=Plan.FREE)
    campaign = CampaignFactory.create(workspace=owner.workspace)
    create_patient(campaign, preferred_channel=Channel.WHATSAPP)
    shared_sender(Channel.SMS)

    with tenancy.within(campaign.workspace_id):
        assert activate_campaign(campaign=campaign, by=owner).status == CampaignStatus.ACTIVE


def test_own_sender_precedes_shared_sender() -> None:
    workspace = WorkspaceFactory.create()
    shared = shared_sender()
    with tenancy.within(workspace.pk):
        assert senders.find_sender(workspace, Channel.SMS) == shared

    own = SenderFactory.create(workspace=workspace, paused_at=timezone.now())
    SenderFactory.create()

    with tenancy.within(workspace.pk):
        assert senders.find_sender(workspace, Channel.SMS) == own
