from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign, CampaignStatus
from tests.factories import CampaignFactory, PracticeFactory, UserFactory
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> User:
    user = UserFactory.create(language="en")
    client.force_login(user)
    return user


def listed_campaigns(client: Client, address: str = "", **asked: Any) -> list[Campaign]:
    response = client.get(reverse("campaigns") + address, asked)
    assert response.status_code == 200
    rows: list[Campaign] = response.context["page"].rows
    return rows


def test_newest_campaign_comes_first(client: Client, owner: User) -> None:
    made = CampaignFactory.create_batch(3, workspace=owner.workspace)

    assert listed_campaigns(client) == made[::-1]


def test_list_shows_only_own_workspace(client: Client, owner: User) -> None:
    ours = CampaignFactory.create(workspace=owner.workspace)
    CampaignFactory.create()

    assert listed_campaigns(client) == [ours]


@pytest.mark.parametrize("status", CampaignStatus)
def test_list_is_filtered_by_status(client: Client, owner: User, status: CampaignStatus) -> None:
    for each in CampaignStatus:
        CampaignFactory.create(workspace=owner.workspace, status=each)

    assert [campaign.status for campaign in listed_campaigns(client, status=status)] == [status]


def test_unknown_status_shows_all(client: Client, owner: User) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace)

    assert listed_campaigns(client, status="SLEEPING") == [campaign]


def test_pages_keep_the_filter(client: Client, owner: User) -> None:
    practice = PracticeFactory.create(workspace=owner.workspace)
    kept = {"workspace": owner.workspace, "practice": practice, "created_by": owner}
    active = CampaignFactory.create_batch(30, **kept, status=CampaignStatus.ACTIVE)
    CampaignFactory.create_batch(3, **kept)

    first = client.get(reverse("campaigns"), {"status": "ACTIVE"})
    second = client.get(reverse("campaigns") + first.context["page"].older)

    assert first.context["page"].rows == active[:4:-1]
    assert second.context["page"].rows == active[4::-1]
    assert listed_campaigns(client, second.context["page"].newer) == active[:4:-1]


def test_campaign_added_meanwhile_does_not_shift_pages(client: Client, owner: User) -> None:
    practice = PracticeFactory.create(workspace=owner.workspace)
    kept = {"workspace": owner.workspace, "practice": practice, "created_by": owner}
    made = CampaignFactory.create_batch(27, **kept)
    older = client.get(reverse("campaigns")).context["page"].older

    CampaignFactory.create(**kept)

    assert listed_campaigns(client, older) == [made[1], made[0]]


def test_doctor_sees_own_campaigns(client: Client) -> None:
    doctor = UserFactory.create(role=Role.DOCTOR)
    own = CampaignFactory.create(workspace=doctor.workspace, created_by=doctor)
    CampaignFactory.create(workspace=doctor.workspace)
    client.force_login(doctor)

    assert listed_campaigns(client) == [own]


def test_receptionist_sees_names_of_campaigns_that_take_lists(client: Client) -> None:
    receptionist = UserFactory.create(role=Role.RECEPTIONIST)
    for status in CampaignStatus:
        CampaignFactory.create(workspace=receptionist.workspace, status=status, name=f"es {status}")
    client.force_login(receptionist)

    page = client.get(reverse("campaigns")).content.decode()

    assert [status for status in CampaignStatus if f"es {status}" in page] == [
        "DRAFT",
        "ACTIVE",
        "PAUSED",
    ]
    assert reverse("campaign_new") not in page
    assert [status for status in CampaignStatus if f"?status={status}" in page] == []


def test_empty_list_links_to_what_is_missing(client: Client, owner: User) -> None:
    without = client.get(reverse("campaigns")).content.decode()
    PracticeFactory.create(workspace=owner.workspace)
    ready = client.get(reverse("campaigns")).content.decode()

    assert f'href="{reverse("practice_new")}"' in without
    assert "Create the first campaign" in ready


def test_removed_creator_is_shown_as_removed(client: Client, owner: User) -> None:
    CampaignFactory.create(workspace=owner.workspace, created_by=None)

    assert "someone who left" in client.get(reverse("campaigns")).content.decode()


def test_htmx_request_gets_partial(client: Client, owner: User) -> None:
    response = client.get(reverse("campaigns"), headers={"hx-request": "true"})

    assert response.content.decode().strip().startswith('<div id="campaigns"')


def test_html_in_name_is_escaped(client: Client, owner: User) -> None:
    CampaignFactory.create(workspace=owner.workspace, name="<b>Hola</b>")

    page = client.get(reverse("campaigns")).content.decode()

    assert "&lt;b&gt;Hola&lt;/b&gt;" in page
    assert "<b>Hola</b>" not in page


def test_panel_shows_counts_and_active_campaigns(client: Client, owner: User) -> None:
    active = CampaignFactory.create(workspace=owner.workspace, status=CampaignStatus.ACTIVE)
    CampaignFactory.create_batch(2, workspace=owner.workspace)

    response = client.get(reverse("campaigns_panel"))

    assert list(response.context["running"]) == [active]
    assert {value: count for value, _label, count in response.context["counts"]} == {
        "DRAFT": 2,
        "ACTIVE": 1,
        "PAUSED": 0,
        "COMPLETED": 0,
        "CANCELLED": 0,
    }


def test_panel_of_receptionist_has_names_but_no_counts(client: Client) -> None:
    receptionist = UserFactory.create(role=Role.RECEPTIONIST, language="en")
    campaigns = CampaignFactory.create_batch(6, workspace=receptionist.workspace)
    client.force_login(receptionist)

    response = client.get(reverse("campaigns_panel"))

    assert "counts" not in response.context
    assert list(response.context["running"]) == campaigns[:0:-1]
    assert "All campaigns" in response.content.decode()


def test_panel_of_doctor_counts_only_own_campaigns(client: Client) -> None:
    doctor = UserFactory.create(role=Role.DOCTOR)
    CampaignFactory.create(workspace=doctor.workspace, status=CampaignStatus.ACTIVE)
    client.force_login(doctor)

    response = client.get(reverse("campaigns_panel"))

    assert response.context["has_any"] is False
