"""Every list can be taken along: the same rows, by the same filters, by the same rights."""

import csv
import io

import pytest
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import reverse

from core import csv_exports, tenancy
from tests.factories import (
    CampaignFactory,
    ConversationFactory,
    FeedbackFactory,
    ImportFactory,
    PatientFactory,
    UserFactory,
)
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db

LISTS = ["patients", "campaigns", "imports", "recovery", "inbox", "audit", "team"]


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(language="en", role=Role.OWNER)
    client.force_login(user)
    return user


def rows(client: Client, name: str, **filters: str) -> list[list[str]]:
    answer = client.get(reverse(name), filters | {"as": "csv"})
    assert isinstance(answer, StreamingHttpResponse)
    assert answer["Content-Type"].startswith("text/csv")
    return list(csv.reader(io.StringIO(answer.getvalue().decode("utf-8-sig"))))


@pytest.mark.parametrize("name", LISTS)
def test_a_list_has_a_file_with_headings(name: str, client: Client, owner: User) -> None:
    found = rows(client, name)

    assert len(found[0]) >= 4
    assert all(found[0])


@pytest.mark.parametrize("name", LISTS)
def test_the_page_leads_to_its_file(name: str, client: Client, owner: User) -> None:
    assert "as=csv" in client.get(reverse(name)).content.decode()


def test_a_file_has_all_rows_and_not_a_page_of_them(client: Client, owner: User) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace)
    for _ in range(csv_exports.AT_ONCE // 10):
        PatientFactory.create(workspace=owner.workspace, campaign=campaign)

    assert len(rows(client, "patients")) == csv_exports.AT_ONCE // 10 + 1


def test_more_than_is_read_at_once_comes_in_parts(
    client: Client, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_exports, "AT_ONCE", 3)
    for _ in range(7):
        CampaignFactory.create(workspace=owner.workspace)
    names = [row[0] for row in rows(client, "campaigns")[1:]]

    assert len(names) == len(set(names)) == 7


def test_the_filters_of_the_page_hold(client: Client, owner: User) -> None:
    CampaignFactory.create(workspace=owner.workspace, name="Abierta")
    CampaignFactory.create(workspace=owner.workspace, name="Activa", status="ACTIVE")

    assert [row[0] for row in rows(client, "campaigns", status="ACTIVE")[1:]] == ["Activa"]


def test_no_cell_computes(client: Client, owner: User) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace, name='=HYPERLINK("x")')
    PatientFactory.create(workspace=owner.workspace, campaign=campaign, name="@SUM(A1)")
    [row] = rows(client, "patients")[1:]

    assert "'@SUM(A1)" in row
    assert all(not cell.startswith(("=", "@", "+")) for cell in row)


def test_others_rows_are_in_no_file(client: Client, owner: User) -> None:
    for factory in (CampaignFactory, PatientFactory, ImportFactory, FeedbackFactory):
        factory.create()
    ConversationFactory.create()

    for name in set(LISTS) - {"team", "audit"}:
        assert len(rows(client, name)) == 1, name


def test_a_doctor_takes_along_what_a_doctor_sees(client: Client, owner: User) -> None:
    doctor = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR, language="en")
    own = CampaignFactory.create(workspace=owner.workspace, created_by=doctor)
    PatientFactory.create(workspace=owner.workspace, campaign=own, name="Propia")
    PatientFactory.create(workspace=owner.workspace, name="Ajena")
    client.force_login(doctor)

    assert [row[0] for row in rows(client, "patients")[1:]] == ["Propia"]
    assert client.get(reverse("team"), {"as": "csv"}).status_code == 403


def test_times_are_those_of_the_clinics_clock(client: Client, owner: User) -> None:
    assert owner.workspace
    campaign = CampaignFactory.create(workspace=owner.workspace)
    with tenancy.within(owner.workspace.pk):
        zone = campaign.practice.zone
    [row] = rows(client, "campaigns")[1:]

    assert campaign.created_at.astimezone(zone).isoformat(" ", "minutes") in row
