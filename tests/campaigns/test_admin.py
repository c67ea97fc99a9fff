from typing import Any

import pytest
from django.test import Client

from campaigns.models import Campaign, CampaignStatus, CampaignTemplate
from core import tenancy
from tests.admin_pages import (
    allowed_permissions,
    audit_events,
    change_page,
    form_data,
    last_message_level,
    list_page,
    run_action,
)
from tests.factories import CampaignFactory, PracticeFactory, StaffFactory
from workspaces.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client: Client) -> User:
    user = StaffFactory.create()
    client.force_login(user)
    return user


def reload(campaign: Campaign) -> Campaign:
    with tenancy.within(campaign.workspace_id):
        return Campaign.objects.get(pk=campaign.pk)


def recorded_actions(campaign: Campaign) -> list[str]:
    return [event.action for event in audit_events(campaign.workspace)]


def test_status_cannot_be_edited(client: Client, staff: User) -> None:
    campaign = CampaignFactory.create()

    form = client.get(change_page(campaign)).context["adminform"].form
    client.post(change_page(campaign), form_data(client, campaign, status="ACTIVE"))

    assert "status" not in form.fields
    assert reload(campaign).status == CampaignStatus.DRAFT


def test_admin_actions_change_status(client: Client, staff: User) -> None:
    campaign = CampaignFactory.create()

    for action, status in [
        ("activate", CampaignStatus.ACTIVE),
        ("pause", CampaignStatus.PAUSED),
        ("activate", CampaignStatus.ACTIVE),
    ]:
        assert last_message_level(run_action(client, action, campaign)) == "success"
        assert reload(campaign).status == status

    assert recorded_actions(campaign) == ["campaign.activate", "campaign.pause", "campaign.resume"]
    assert {event.actor_id for event in audit_events(campaign.workspace)} == {staff.pk}


@pytest.mark.parametrize(
    ("action", "status"),
    [("complete", CampaignStatus.COMPLETED), ("cancel", CampaignStatus.CANCELLED)],
)
def test_ending_campaign_needs_confirmation(
    client: Client, staff: User, action: str, status: CampaignStatus
) -> None:
    campaign = CampaignFactory.create(status=CampaignStatus.ACTIVE)

    question = run_action(client, action, campaign)
    unsure = run_action(client, action, campaign, answered="1")
    assert "sure" in question.context["form"].fields
    assert unsure.context["form"].errors["sure"]
    assert reload(campaign).status == CampaignStatus.ACTIVE

    run_action(client, action, campaign, answered="1", sure="on")
    assert reload(campaign).status == status
    assert recorded_actions(campaign) == [f"campaign.{action}"]


def test_refused_action_is_reported_and_others_are_done(client: Client, staff: User) -> None:
    ended, active = (
        CampaignFactory.create(status=s) for s in (CampaignStatus.COMPLETED, CampaignStatus.ACTIVE)
    )

    answer = run_action(client, "pause", ended, active)

    assert {message.level_tag for message in answer.context["messages"]} == {"error", "success"}
    assert (reload(ended).status, reload(active).status) == (
        CampaignStatus.COMPLETED,
        CampaignStatus.PAUSED,
    )


def test_change_uses_the_clinics_action(client: Client, staff: User) -> None:
    campaign = CampaignFactory.create()

    client.post(change_page(campaign), form_data(client, campaign, scheduled_hours_after=5))

    (event,) = audit_events(campaign.workspace)
    assert event.action == "campaign.change"
    assert event.new == {"scheduled_hours_after": 5}


def test_practice_of_another_workspace_is_form_error(client: Client, staff: User) -> None:
    campaign, foreign = CampaignFactory.create(), PracticeFactory.create()

    answer = client.post(
        change_page(campaign), form_data(client, campaign, practice=str(foreign.pk))
    )

    assert set(answer.context["adminform"].form.errors) == {"practice"}
    assert reload(campaign).practice_id == campaign.practice_id


@pytest.mark.parametrize("values", [{"scheduled_hours_after": 73}, {"reminder_after_hours": 169}])
def test_hours_out_of_range_are_form_error(
    client: Client, staff: User, values: dict[str, Any]
) -> None:
    campaign = CampaignFactory.create()

    answer = client.post(change_page(campaign), form_data(client, campaign, **values))

    assert set(answer.context["adminform"].form.errors) == set(values)


def test_ended_campaign_is_read_only(client: Client, staff: User) -> None:
    campaign = CampaignFactory.create(status=CampaignStatus.COMPLETED)

    assert client.get(change_page(campaign)).status_code == 200
    assert client.post(change_page(campaign), {"name": "Otra"}).status_code == 403


def test_campaign_texts_are_read_only(client: Client, staff: User) -> None:
    request = client.get(list_page(CampaignTemplate)).wsgi_request

    assert allowed_permissions(CampaignTemplate, request) == {"view"}
    assert allowed_permissions(Campaign, request) == {"view", "change"}
