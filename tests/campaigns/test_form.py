from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from campaigns.models import Campaign, CampaignStatus
from core import tenancy
from core.ids import uuid7
from core.models import AuditEvent
from tests.concurrency import run_concurrently
from tests.factories import CampaignFactory, PracticeFactory, UserFactory
from workspaces.models import Practice, Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor(client: Client) -> User:
    user = UserFactory.create(role=Role.DOCTOR, language="en")
    client.force_login(user)
    return user


@pytest.fixture
def practice(doctor: User) -> Practice:
    row: Practice = PracticeFactory.create(workspace=doctor.workspace)
    return row


def form_data(practice: Practice, **changes: Any) -> dict[str, Any]:
    return {
        "key": str(uuid7()),
        "name": "Después de la cita",
        "description": "Para todos",
        "practice": str(practice.pk),
        "scheduled_hours_after": "2",
        "reminder_after_hours": "24",
        "is_ongoing": "on",
        **changes,
    }


def campaigns_of(user: User) -> list[Campaign]:
    assert user.workspace_id
    with tenancy.within(user.workspace_id):
        return list(Campaign.objects.order_by("pk"))


def actions_of(user: User) -> list[str]:
    assert user.workspace_id
    with tenancy.within(user.workspace_id):
        return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def test_new_campaign_is_draft_of_its_creator(
    client: Client, doctor: User, practice: Practice
) -> None:
    response = client.post(reverse("campaign_new"), form_data(practice))

    (campaign,) = campaigns_of(doctor)
    assert response["Location"] == reverse("campaign", args=[campaign.pk])
    assert (campaign.status, campaign.created_by_id) == (CampaignStatus.DRAFT, doctor.pk)
    assert (campaign.scheduled_hours_after, campaign.reminder_after_hours) == (2, 24)
    assert campaign.is_ongoing
    assert actions_of(doctor) == ["campaign.create"]


def test_new_campaign_starts_with_defaults_of_workspace(client: Client) -> None:
    owner = UserFactory.create(workspace__reminder_after_hours=36)
    PracticeFactory.create(workspace=owner.workspace)
    client.force_login(owner)

    form = client.get(reverse("campaign_new")).context["form"]

    assert form["reminder_after_hours"].value() == 36
    assert form["scheduled_hours_after"].value() == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 121),
        ("description", "x" * 301),
        ("practice", ""),
        ("practice", "not-an-id"),
        ("practice", "01a1f84d-0000-7000-8000-000000000000"),
        ("scheduled_hours_after", "73"),
        ("scheduled_hours_after", "-1"),
        ("scheduled_hours_after", "soon"),
        ("reminder_after_hours", "0"),
        ("reminder_after_hours", "169"),
    ],
)
def test_invalid_field_shows_error_and_keeps_input(
    client: Client, doctor: User, practice: Practice, field: str, value: str
) -> None:
    sent = form_data(practice) | {field: value}

    response = client.post(reverse("campaign_new"), sent)

    assert list(response.context["form"].errors) == [field]
    page = response.content.decode()
    assert "Después de la cita" in page or "Para todos" in page
    assert sent["key"] in page
    assert campaigns_of(doctor) == []


def test_practice_of_another_workspace_cannot_be_chosen(
    client: Client, doctor: User, practice: Practice
) -> None:
    foreign = PracticeFactory.create(name="Consultorio Ajeno")

    response = client.post(reverse("campaign_new"), form_data(foreign))

    assert list(response.context["form"].errors) == ["practice"]
    assert "Consultorio Ajeno" not in response.content.decode()


def test_form_submitted_twice_creates_one_campaign(
    client: Client, doctor: User, practice: Practice
) -> None:
    sent = form_data(practice)

    answers = [client.post(reverse("campaign_new"), sent) for _ in range(2)]

    (campaign,) = campaigns_of(doctor)
    assert {answer["Location"] for answer in answers} == {reverse("campaign", args=[campaign.pk])}
    assert actions_of(doctor) == ["campaign.create"]


@pytest.mark.django_db(transaction=True)
def test_form_submitted_twice_concurrently_creates_one_campaign() -> None:
    doctor = UserFactory.create(role=Role.DOCTOR)
    sent = form_data(PracticeFactory.create(workspace=doctor.workspace))
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(doctor)

    def send(client: Client) -> str:
        return client.post(reverse("campaign_new"), sent)["Location"]

    places = run_concurrently(*(partial(send, client) for client in clients))

    (campaign,) = campaigns_of(doctor)
    assert set(places) == {reverse("campaign", args=[campaign.pk])}


@pytest.mark.parametrize("whose", ["a colleague's", "a stranger's", "nobody's", "no id"])
def test_forged_key_creates_campaign_with_new_id(
    client: Client, doctor: User, practice: Practice, whose: str
) -> None:
    taken = {
        "a colleague's": CampaignFactory.create(workspace=doctor.workspace).pk,
        "a stranger's": CampaignFactory.create().pk,
        "nobody's": uuid4(),
        "no id": "' OR 1=1",
    }
    before = len(campaigns_of(doctor))

    response = client.post(reverse("campaign_new"), form_data(practice, key=str(taken[whose])))

    own = [campaign for campaign in campaigns_of(doctor) if campaign.created_by_id == doctor.pk]
    assert response["Location"] == reverse("campaign", args=[own[0].pk])
    assert len(campaigns_of(doctor)) == before + 1
    assert own[0].name == "Después de la cita"


def test_page_without_practice_explains_what_is_missing(client: Client, doctor: User) -> None:
    page = client.get(reverse("campaign_new")).content.decode()

    assert "First a practice, then a campaign" in page
    assert "Ask an owner" in page


def test_owner_without_practice_gets_link_to_add_one(client: Client) -> None:
    client.force_login(UserFactory.create())

    page = client.get(reverse("campaign_new")).content.decode()

    assert f'href="{reverse("practice_new")}"' in page


def test_receptionist_cannot_create_campaign(client: Client) -> None:
    receptionist = UserFactory.create(role=Role.RECEPTIONIST)
    practice = PracticeFactory.create(workspace=receptionist.workspace)
    client.force_login(receptionist)

    assert client.get(reverse("campaign_new")).status_code == 403
    assert client.post(reverse("campaign_new"), form_data(practice)).status_code == 403
    assert campaigns_of(receptionist) == []


def open_edit_form(client: Client, campaign: Campaign) -> dict[str, Any]:
    """Open the form and return its initial values."""
    form = client.get(reverse("campaign_edit", args=[campaign.pk])).context["form"]
    shown = {field.name: field.value() for field in form}
    shown["practice"] = str(campaign.practice_id)
    return {name: value for name, value in shown.items() if value not in (None, False)}


def test_change_is_recorded_with_old_values(client: Client, doctor: User) -> None:
    campaign = CampaignFactory.create(workspace=doctor.workspace, created_by=doctor)
    other = PracticeFactory.create(workspace=doctor.workspace)
    shown = open_edit_form(client, campaign)

    client.post(
        reverse("campaign_edit", args=[campaign.pk]),
        shown | {"scheduled_hours_after": "4", "practice": str(other.pk)},
    )

    assert campaigns_of(doctor)[0].scheduled_hours_after == 4
    with tenancy.within(campaign.workspace_id):
        event = AuditEvent.objects.get()
    assert event.old == {"scheduled_hours_after": 2, "practice": campaign.practice.name}
    assert event.new == {"scheduled_hours_after": 4, "practice": other.name}


def test_outdated_form_is_refused_and_keeps_input(client: Client, doctor: User) -> None:
    campaign = CampaignFactory.create(workspace=doctor.workspace, created_by=doctor)
    address = reverse("campaign_edit", args=[campaign.pk])
    mine, theirs = open_edit_form(client, campaign), open_edit_form(client, campaign)
    client.post(address, theirs | {"name": "Lo de la otra"})

    response = client.post(address, mine | {"name": "Lo mío"})

    page = response.content.decode()
    assert "Someone changed this campaign while you were writing." in page
    assert 'value="Lo mío"' in page
    assert campaigns_of(doctor)[0].name == "Lo de la otra"

    again = {"name": "Lo mío", "seen": response.context["form"]["seen"].value()}
    client.post(address, mine | again)
    assert campaigns_of(doctor)[0].name == "Lo mío"


@pytest.mark.parametrize("seen", ["", "yesterday", "2020-01-01T00:00:00+00:00", "2020-01-01"])
def test_form_without_seen_is_refused(client: Client, doctor: User, seen: str) -> None:
    campaign = CampaignFactory.create(workspace=doctor.workspace, created_by=doctor)

    response = client.post(
        reverse("campaign_edit", args=[campaign.pk]),
        open_edit_form(client, campaign) | {"name": "Otro", "seen": seen},
    )

    assert response.status_code == 200
    assert campaigns_of(doctor)[0].name == campaign.name


@pytest.mark.parametrize("status", [CampaignStatus.COMPLETED, CampaignStatus.CANCELLED])
@pytest.mark.parametrize("method", ["get", "post"])
def test_ended_campaign_cannot_be_edited(
    client: Client, doctor: User, status: CampaignStatus, method: str
) -> None:
    campaign = CampaignFactory.create(workspace=doctor.workspace, created_by=doctor, status=status)

    response = getattr(client, method)(reverse("campaign_edit", args=[campaign.pk]))

    assert response.status_code == 409
    assert "has ended and can no longer be changed" in response.content.decode()
