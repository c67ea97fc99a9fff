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
from tests.at_once import at_once
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


def typed(practice: Practice, **changes: Any) -> dict[str, Any]:
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


def acts_of(user: User) -> list[str]:
    assert user.workspace_id
    with tenancy.within(user.workspace_id):
        return list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))


def test_a_new_campaign_is_a_draft_of_whoever_made_it(
    client: Client, doctor: User, practice: Practice
) -> None:
    response = client.post(reverse("campaign_new"), typed(practice))

    (campaign,) = campaigns_of(doctor)
    assert response["Location"] == reverse("campaign", args=[campaign.pk])
    assert (campaign.status, campaign.created_by_id) == (CampaignStatus.DRAFT, doctor.pk)
    assert (campaign.scheduled_hours_after, campaign.reminder_after_hours) == (2, 24)
    assert campaign.is_ongoing
    assert acts_of(doctor) == ["campaign.create"]


def test_a_new_campaign_starts_with_the_workspaces_wishes(client: Client) -> None:
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
def test_what_is_wrong_is_said_beside_the_field_and_nothing_is_lost(
    client: Client, doctor: User, practice: Practice, field: str, value: str
) -> None:
    sent = typed(practice) | {field: value}

    response = client.post(reverse("campaign_new"), sent)

    assert list(response.context["form"].errors) == [field]
    page = response.content.decode()
    assert "Después de la cita" in page or "Para todos" in page
    assert sent["key"] in page
    assert campaigns_of(doctor) == []


def test_a_foreign_practice_cannot_be_chosen(
    client: Client, doctor: User, practice: Practice
) -> None:
    foreign = PracticeFactory.create(name="Consultorio Ajeno")

    response = client.post(reverse("campaign_new"), typed(foreign))

    assert list(response.context["form"].errors) == ["practice"]
    assert "Consultorio Ajeno" not in response.content.decode()


def test_the_form_sent_twice_makes_one_campaign(
    client: Client, doctor: User, practice: Practice
) -> None:
    sent = typed(practice)

    answers = [client.post(reverse("campaign_new"), sent) for _ in range(2)]

    (campaign,) = campaigns_of(doctor)
    assert {answer["Location"] for answer in answers} == {reverse("campaign", args=[campaign.pk])}
    assert acts_of(doctor) == ["campaign.create"]


@pytest.mark.django_db(transaction=True)
def test_the_form_sent_twice_at_once_makes_one_campaign() -> None:
    doctor = UserFactory.create(role=Role.DOCTOR)
    sent = typed(PracticeFactory.create(workspace=doctor.workspace))
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(doctor)

    def send(client: Client) -> str:
        return client.post(reverse("campaign_new"), sent)["Location"]

    places = at_once(*(partial(send, client) for client in clients))

    (campaign,) = campaigns_of(doctor)
    assert set(places) == {reverse("campaign", args=[campaign.pk])}


@pytest.mark.parametrize("whose", ["a colleague's", "a stranger's", "nobody's", "no id"])
def test_a_forged_key_tells_nothing_and_takes_nothing(
    client: Client, doctor: User, practice: Practice, whose: str
) -> None:
    taken = {
        "a colleague's": CampaignFactory.create(workspace=doctor.workspace).pk,
        "a stranger's": CampaignFactory.create().pk,
        "nobody's": uuid4(),
        "no id": "' OR 1=1",
    }
    before = len(campaigns_of(doctor))

    response = client.post(reverse("campaign_new"), typed(practice, key=str(taken[whose])))

    own = [campaign for campaign in campaigns_of(doctor) if campaign.created_by_id == doctor.pk]
    assert response["Location"] == reverse("campaign", args=[own[0].pk])
    assert len(campaigns_of(doctor)) == before + 1
    assert own[0].name == "Después de la cita"


def test_without_a_practice_the_page_says_so(client: Client, doctor: User) -> None:
    page = client.get(reverse("campaign_new")).content.decode()

    assert "First a practice, then a campaign" in page
    assert "Ask an owner" in page


def test_an_owner_without_a_practice_is_led_to_one(client: Client) -> None:
    client.force_login(UserFactory.create())

    page = client.get(reverse("campaign_new")).content.decode()

    assert f'href="{reverse("practice_new")}"' in page


def test_a_receptionist_creates_none(client: Client) -> None:
    receptionist = UserFactory.create(role=Role.RECEPTIONIST)
    practice = PracticeFactory.create(workspace=receptionist.workspace)
    client.force_login(receptionist)

    assert client.get(reverse("campaign_new")).status_code == 403
    assert client.post(reverse("campaign_new"), typed(practice)).status_code == 403
    assert campaigns_of(receptionist) == []


def opened(client: Client, campaign: Campaign) -> dict[str, Any]:
    """The fields as the form showed them."""
    form = client.get(reverse("campaign_edit", args=[campaign.pk])).context["form"]
    shown = {field.name: field.value() for field in form}
    shown["practice"] = str(campaign.practice_id)
    return {name: value for name, value in shown.items() if value not in (None, False)}


def test_a_change_is_recorded_with_what_it_was(client: Client, doctor: User) -> None:
    campaign = CampaignFactory.create(workspace=doctor.workspace, created_by=doctor)
    other = PracticeFactory.create(workspace=doctor.workspace)
    shown = opened(client, campaign)

    client.post(
        reverse("campaign_edit", args=[campaign.pk]),
        shown | {"scheduled_hours_after": "4", "practice": str(other.pk)},
    )

    assert campaigns_of(doctor)[0].scheduled_hours_after == 4
    with tenancy.within(campaign.workspace_id):
        event = AuditEvent.objects.get()
    assert event.old == {"scheduled_hours_after": 2, "practice": campaign.practice.name}
    assert event.new == {"scheduled_hours_after": 4, "practice": other.name}


def test_a_form_that_was_overtaken_is_refused_and_keeps_what_was_typed(
    client: Client, doctor: User
) -> None:
    campaign = CampaignFactory.create(workspace=doctor.workspace, created_by=doctor)
    address = reverse("campaign_edit", args=[campaign.pk])
    mine, theirs = opened(client, campaign), opened(client, campaign)
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
def test_a_form_that_hides_when_it_was_opened_is_refused(
    client: Client, doctor: User, seen: str
) -> None:
    campaign = CampaignFactory.create(workspace=doctor.workspace, created_by=doctor)

    response = client.post(
        reverse("campaign_edit", args=[campaign.pk]),
        opened(client, campaign) | {"name": "Otro", "seen": seen},
    )

    assert response.status_code == 200
    assert campaigns_of(doctor)[0].name == campaign.name


@pytest.mark.parametrize("status", [CampaignStatus.COMPLETED, CampaignStatus.CANCELLED])
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_has_ended_is_not_edited(
    client: Client, doctor: User, status: CampaignStatus, method: str
) -> None:
    campaign = CampaignFactory.create(workspace=doctor.workspace, created_by=doctor, status=status)

    response = getattr(client, method)(reverse("campaign_edit", args=[campaign.pk]))

    assert response.status_code == 409
    assert "has ended and can no longer be changed" in response.content.decode()
