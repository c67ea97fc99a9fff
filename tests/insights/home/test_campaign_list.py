"""The list of campaigns: its filter, its pages, its figures and its order."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from campaigns.models import Campaign, CampaignStatus
from core import tenancy
from insights.rollup import roll_up
from tests.factories import CampaignFactory, MessageFactory, PracticeFactory, UserFactory
from tests.insights.home.test_figures import create_answered
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db
AN_HOUR = 1 / 24


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(language="en", role=Role.OWNER)
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


def figures_of(client: Client, campaign: Campaign) -> list[str]:
    """Return the cells for asked, answer rate, average and last ask."""
    page = client.get(reverse("campaigns")).content.decode()
    row = page[page.index(str(campaign.pk)) :].partition("</tr>")[0]
    return re.findall(r'<td class="number[^>]*>(.*?)</td>', row)


def test_row_shows_asked_answered_and_average(client: Client, owner: User) -> None:
    busy, idle = CampaignFactory.create_batch(2, workspace=owner.workspace)
    for rating in (5, 4, 3):
        create_answered(busy, rating, days_ago=AN_HOUR)

    asked, answered, average, last = figures_of(client, busy)

    assert (asked, average) == ("3", "4.0")
    assert answered.startswith("100")
    assert last != "–"
    assert figures_of(client, idle) == ["0", "–", "–", "–"]


def test_sentence_counts_the_asks_of_the_week(client: Client, owner: User) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace)
    create_answered(campaign, 5, days_ago=AN_HOUR)
    create_answered(campaign, 5, days_ago=9)

    page = client.get(reverse("campaigns")).content.decode()

    assert "1 patient was asked in the last seven days" in page
    assert "Nobody will be asked within a day" in page


def test_more_campaigns_need_no_more_queries(client: Client, owner: User) -> None:
    create_answered(CampaignFactory.create(workspace=owner.workspace), 5, days_ago=AN_HOUR)
    listed_campaigns(client)
    with CaptureQueriesContext(connection) as of_one:
        assert len(listed_campaigns(client, sort="average")) == 1

    for campaign in CampaignFactory.create_batch(12, workspace=owner.workspace):
        create_answered(campaign, 5, days_ago=AN_HOUR)
    with CaptureQueriesContext(connection) as of_all:
        assert len(listed_campaigns(client, sort="average")) == 13

    assert len(of_all) == len(of_one)


@pytest.mark.parametrize("are_counted", [False, True])
@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("name", ["Álgebra", "beta", "Zeta"]),
        ("-name", ["Zeta", "beta", "Álgebra"]),
        ("asked", ["Álgebra", "beta", "Zeta"]),
        ("-asked", ["Zeta", "beta", "Álgebra"]),
        # Without any answer, Álgebra has no values, and is last in both directions.
        ("answer_rate", ["Zeta", "beta", "Álgebra"]),
        ("-answer_rate", ["beta", "Zeta", "Álgebra"]),
        ("average", ["beta", "Zeta", "Álgebra"]),
        ("-average", ["Zeta", "beta", "Álgebra"]),
        ("last_day", ["beta", "Zeta", "Álgebra"]),
        ("-last_day", ["Zeta", "beta", "Álgebra"]),
        ("color", ["Zeta", "Álgebra", "beta"]),
    ],
)
def test_list_is_sorted_by_a_column(
    client: Client, owner: User, sort: str, names: list[str], are_counted: bool
) -> None:
    beta, _algebra, zeta = (
        CampaignFactory.create(workspace=owner.workspace, name=name)
        for name in ("beta", "Álgebra", "Zeta")
    )
    with tenancy.platform("backdating"):
        Campaign.objects.update(created_at=timezone.now() - timedelta(days=7))
    create_answered(beta, 3, days_ago=AN_HOUR + 3)
    create_answered(zeta, 4, days_ago=AN_HOUR)
    MessageFactory.create(
        workspace=owner.workspace,
        campaign=zeta,
        patient__workspace=owner.workspace,
        patient__campaign=zeta,
        status="DELIVERED",
    )
    if are_counted:
        roll_up(now=timezone.now() + timedelta(days=1))

    assert [campaign.name for campaign in listed_campaigns(client, sort=sort)] == names


def test_order_goes_over_all_pages_and_keeps_the_filter(client: Client, owner: User) -> None:
    practice = PracticeFactory.create(workspace=owner.workspace)
    kept = {"workspace": owner.workspace, "practice": practice, "created_by": owner}
    made = [
        CampaignFactory.create(**kept, name=f"{n:02}", status=CampaignStatus.ACTIVE)
        for n in range(30)
    ]
    CampaignFactory.create(**kept, name="00, not active")

    first = client.get(reverse("campaigns"), {"status": "ACTIVE", "sort": "name"})
    second = client.get(reverse("campaigns") + first.context["page"].older)

    assert first.context["page"].rows == made[:25]
    assert second.context["page"].rows == made[25:]
    assert not second.context["page"].older
    assert listed_campaigns(client, second.context["page"].newer) == made[:25]
    assert "Previous" in second.content.decode()


@pytest.mark.parametrize("number", ["0", "-1", "x", "²", "9" * 30])
def test_number_of_no_page_is_answered(client: Client, owner: User, number: str) -> None:
    CampaignFactory.create(workspace=owner.workspace)

    listed_campaigns(client, sort="name", page=number)


def test_doctor_sorts_own_campaigns_alone(client: Client) -> None:
    doctor = UserFactory.create(role=Role.DOCTOR)
    own = CampaignFactory.create(workspace=doctor.workspace, created_by=doctor)
    CampaignFactory.create(workspace=doctor.workspace)
    CampaignFactory.create()
    client.force_login(doctor)

    assert listed_campaigns(client, sort="-asked") == [own]


def heading(client: Client, key: str, **asked: str) -> tuple[str, str]:
    """Return the direction and the address of the heading that sorts by `key`."""
    page = client.get(reverse("campaigns"), asked).content.decode()
    [cell] = re.findall(rf'<th[^>]*><a class="sort" id="sort-{key}"[^>]*>', page)
    direction = re.search(r'aria-sort="(\w+)"', cell)
    address = re.search(r'href="([^"]*)"', cell)
    assert address
    return direction[1] if direction else "", address[1].replace("&amp;", "&")


def test_heading_sorts_one_way_then_the_other_then_no_more(client: Client, owner: User) -> None:
    CampaignFactory.create(workspace=owner.workspace)

    assert heading(client, "average") == ("", "?sort=-average")
    assert heading(client, "average", sort="-average") == ("descending", "?sort=average")
    assert heading(client, "average", sort="average") == ("ascending", "?")
    assert heading(client, "name") == ("", "?sort=name")
    assert heading(client, "name", sort="name") == ("ascending", "?sort=-name")


def test_heading_keeps_the_filter_and_leaves_the_page(client: Client, owner: User) -> None:
    CampaignFactory.create(workspace=owner.workspace)

    _direction, address = heading(client, "asked", status="DRAFT", before="x", sort="name")

    assert address == "?status=DRAFT&sort=-asked"


def test_file_has_the_figures_of_the_page(client: Client, owner: User) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace, created_by=owner)
    CampaignFactory.create(workspace=owner.workspace, created_by=owner)
    create_answered(campaign, 5)
    create_answered(campaign, 4)

    response = client.get(reverse("campaigns"), {"as": "csv"})

    heading, with_figures, without = b"".join(response).decode("utf-8-sig").splitlines()
    assert heading.endswith("Patients asked,Answer rate,Average rating,Last asked")
    assert ",2,1.0,4.5," in with_figures
    assert without.endswith(",0,,,")
