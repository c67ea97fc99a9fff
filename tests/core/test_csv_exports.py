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
def test_list_has_a_csv_file_with_headings(name: str, client: Client, owner: User) -> None:
    table = rows(client, name)

    assert len(table[0]) >= 4
    assert all(table[0])


@pytest.mark.parametrize("name", LISTS)
def test_page_links_to_its_file(name: str, client: Client, owner: User) -> None:
    assert "as=csv" in client.get(reverse(name)).content.decode()


def test_file_has_the_rows_of_all_pages(client: Client, owner: User) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace)
    for _ in range(csv_exports.BATCH_SIZE // 10):
        PatientFactory.create(workspace=owner.workspace, campaign=campaign)

    assert len(rows(client, "patients")) == csv_exports.BATCH_SIZE // 10 + 1


def test_long_list_is_read_in_batches(
    client: Client, owner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_exports, "BATCH_SIZE", 3)
    for _ in range(7):
        CampaignFactory.create(workspace=owner.workspace)
    names = [row[0] for row in rows(client, "campaigns")[1:]]

    assert len(names) == len(set(names)) == 7


def test_file_keeps_the_filters_of_the_page(client: Client, owner: User) -> None:
    CampaignFactory.create(workspace=owner.workspace, name="Abierta")
    CampaignFactory.create(workspace=owner.workspace, name="Activa", status="ACTIVE")

    assert [row[0] for row in rows(client, "campaigns", status="ACTIVE")[1:]] == ["Activa"]


def test_formulas_are_escaped(client: Client, owner: User) -> None:
    campaign = CampaignFactory.create(workspace=owner.workspace, name='=HYPERLINK("x")')
    PatientFactory.create(workspace=owner.workspace, campaign=campaign, name="@SUM(A1)")
    [row] = rows(client, "patients")[1:]

    assert "'@SUM(A1)" in row
    assert all(not cell.startswith(("=", "@", "+")) for cell in row)


def test_file_has_no_rows_of_other_workspaces(client: Client, owner: User) -> None:
    for factory in (CampaignFactory, PatientFactory, ImportFactory, FeedbackFactory):
        factory.create()
    ConversationFactory.create()

    for name in set(LISTS) - {"team", "audit"}:
        assert len(rows(client, name)) == 1, name


def test_file_of_a_doctor_has_only_their_rows(client: Client, owner: User) -> None:
    doctor = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR, language="en")
    own = CampaignFactory.create(workspace=owner.workspace, created_by=doctor)
    PatientFactory.create(workspace=owner.workspace, campaign=own, name="Propia")
    PatientFactory.create(workspace=owner.workspace, name="Ajena")
    client.force_login(doctor)

    assert [row[0] for row in rows(client, "patients")[1:]] == ["Propia"]
    assert client.get(reverse("team"), {"as": "csv"}).status_code == 403


def test_times_are_in_the_time_zone_of_the_clinic(client: Client, owner: User) -> None:
    assert owner.workspace
    campaign = CampaignFactory.create(workspace=owner.workspace)
    with tenancy.within(owner.workspace.pk):
        zone = campaign.practice.zone
    [row] = rows(client, "campaigns")[1:]

    assert campaign.created_at.astimezone(zone).isoformat(" ", "minutes") in row
