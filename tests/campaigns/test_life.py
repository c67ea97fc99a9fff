import re
from functools import partial

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign, CampaignStatus
from core import tenancy
from core.models import AuditEvent
from tests.concurrency import run_concurrently
from tests.factories import CampaignFactory, PracticeFactory, UserFactory
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

STEPS = {
    "campaign_activate": CampaignStatus.ACTIVE,
    "campaign_pause": CampaignStatus.PAUSED,
    "campaign_complete": CampaignStatus.COMPLETED,
    "campaign_cancel": CampaignStatus.CANCELLED,
}


@pytest.fixture
def owner(client: Client) -> User:
    user = UserFactory.create(language="en")
    client.force_login(user)
    return user


def stored(campaign: Campaign) -> Campaign:
    with tenancy.within(campaign.workspace_id):
        return Campaign.objects.get(pk=campaign.pk)


def actions_of(campaign: Campaign) -> list[str]:
    with tenancy.within(campaign.workspace_id):
        events = AuditEvent.objects.filter(entity_id=campaign.pk).order_by("pk")
        return list(events.values_list("action", flat=True))


def post_step(client: Client, step: str, campaign: Campaign) -> int:
    return client.post(reverse(step, args=[campaign.pk])).status_code


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("status", CampaignStatus)
def test_status_allows_only_its_own_steps(
    client: Client, owner: User, status: CampaignStatus, step: str
) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace, status=status)
    allowed = {
        CampaignStatus.DRAFT: {"campaign_activate", "campaign_cancel"},
        CampaignStatus.ACTIVE: {"campaign_pause", "campaign_complete", "campaign_cancel"},
        CampaignStatus.PAUSED: {"campaign_activate", "campaign_cancel"},
        CampaignStatus.COMPLETED: set(),
        CampaignStatus.CANCELLED: set(),
    }[status]
    page = client.get(reverse("campaign", args=[campaign.pk])).content.decode()

    answered = post_step(client, step, campaign)

    is_allowed = step in allowed
    assert (reverse(step, args=[campaign.pk]) in page) is is_allowed
    assert answered == (302 if is_allowed else 409)
    assert stored(campaign).status == (STEPS[step] if is_allowed else status)


def test_campaign_goes_from_draft_to_completed(client: Client, owner: User) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace)

    for step in ["campaign_activate", "campaign_pause", "campaign_activate", "campaign_cancel"]:
        assert post_step(client, step, campaign) == 302

    ended = stored(campaign)
    assert ended.activated_at
    assert ended.ended_at
    assert ended.ended_at > ended.activated_at
    assert actions_of(campaign) == [
        "campaign.activate",
        "campaign.pause",
        "campaign.resume",
        "campaign.cancel",
    ]


@pytest.mark.parametrize("step", ["campaign_cancel", "campaign_complete"])
def test_final_step_needs_confirmation(client: Client, owner: User, step: str) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace, status=CampaignStatus.ACTIVE)

    page = client.get(reverse(step, args=[campaign.pk])).content.decode()

    assert "cannot be resumed" in page
    assert stored(campaign).status == CampaignStatus.ACTIVE


@pytest.mark.parametrize("step", ["campaign_activate", "campaign_pause"])
def test_get_request_changes_nothing(client: Client, owner: User, step: str) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace)

    assert client.get(reverse(step, args=[campaign.pk])).status_code == 405
    assert stored(campaign).status == CampaignStatus.DRAFT


@pytest.mark.django_db(transaction=True)
def test_concurrent_activations_activate_once() -> None:
    owner = UserFactory.create()
    campaign = CampaignFactory.create(workspace=owner.workspace)
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(owner)

    statuses = run_concurrently(
        *(partial(post_step, c, "campaign_activate", campaign) for c in clients)
    )

    assert sorted(statuses) == [302, 409]
    assert actions_of(campaign) == ["campaign.activate"]


def test_page_describes_campaign_in_one_sentence(client: Client, owner: User) -> None:
    practice = PracticeFactory.create(workspace=owner.workspace, name="Consultorio Centro")
    kept = {"workspace": owner.workspace, "practice": practice}
    pages = [
        client.get(reverse("campaign", args=[campaign.pk])).content.decode()
        for campaign in [
            CampaignFactory.create(**kept, scheduled_hours_after=0),
            CampaignFactory.create(**kept, scheduled_hours_after=1),
            CampaignFactory.create(**kept, scheduled_hours_after=48, reminder_after_hours=24),
        ]
    ]

    assert "Right after each appointment at Consultorio Centro we ask" in pages[0]
    assert "1 hour after each appointment at Consultorio Centro we ask" in pages[1]
    assert "48 hours after each appointment at Consultorio Centro we ask" in pages[2]
    assert "once, 24 hours later, to whoever has not answered" in pages[2]


def test_doctor_can_change_only_own_campaigns(client: Client) -> None:
    doctor = UserFactory.create(role=Role.DOCTOR)
    own = CampaignFactory.create(workspace=doctor.workspace, created_by=doctor)
    other = CampaignFactory.create(workspace=doctor.workspace)
    client.force_login(doctor)

    assert client.get(reverse("campaign", args=[own.pk])).status_code == 200
    assert post_step(client, "campaign_activate", own) == 302
    for name in ["campaign", "campaign_edit", "campaign_cancel", "campaign_complete"]:
        assert client.get(reverse(name, args=[other.pk])).status_code == 404
    for step in STEPS:
        assert post_step(client, step, other) == 404
    assert stored(other).status == CampaignStatus.DRAFT


def test_receptionist_cannot_open_or_change_campaign(client: Client) -> None:
    receptionist = UserFactory.create(role=Role.RECEPTIONIST)
    campaign = CampaignFactory.create(workspace=receptionist.workspace)
    client.force_login(receptionist)

    for name in ["campaign", "campaign_edit", *STEPS]:
        assert client.get(reverse(name, args=[campaign.pk])).status_code == 403
        assert post_step(client, name, campaign) == 403
    assert stored(campaign).status == CampaignStatus.DRAFT


def test_campaign_of_another_workspace_is_not_found(client: Client, owner: User) -> None:
    foreign = CampaignFactory.create()

    for name in ["campaign", "campaign_edit", "campaign_cancel", "campaign_complete"]:
        assert client.get(reverse(name, args=[foreign.pk])).status_code == 404
    for step in STEPS:
        assert post_step(client, step, foreign) == 404
    assert stored(foreign).status == CampaignStatus.DRAFT


@pytest.mark.parametrize(
    ("status", "primary"),
    [
        (CampaignStatus.DRAFT, "Activate"),
        (CampaignStatus.ACTIVE, "Upload a list"),
        (CampaignStatus.PAUSED, "Resume"),
        (CampaignStatus.COMPLETED, None),
    ],
)
def test_page_has_one_primary_act_for_its_status(
    client: Client, owner: User, status: CampaignStatus, primary: str | None
) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace, status=status)
    page = client.get(reverse("campaign", args=[campaign.pk])).content.decode()
    acts = re.findall(r'button-primary"[^>]*>.*?</svg>([^<]*)', page)

    assert acts == ([primary] if primary else [])
