"""A doctor opens the campaign of a colleague that has patients of hers, and sees no others."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from campaigns.models import Campaign, CampaignStatus
from core import tenancy
from insights.rollup import rebuild_tallies
from messaging.models import Message
from patients.people.doctor_names import doctor_key
from tests.core.api.calling import ApiClient
from tests.factories import CampaignFactory, DoctorFactory, PatientFactory, UserFactory
from tests.insights.home.test_figures import create_answered
from workspaces.access import Can
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db
AN_HOUR = 1 / 24
ACTS = ("edit", "hand_over", "activate", "pause", "complete", "cancel", "texts")


@pytest.fixture
def vera(client: Client) -> User:
    user: User = UserFactory.create(role=Role.DOCTOR, language="en")
    name = "Dr. Juan Vera"
    DoctorFactory.create(
        workspace=user.workspace, key=doctor_key(name), name=name, member=user, photo=None
    )
    client.force_login(user)
    return user


@pytest.fixture(params=["live", "tallied"])
def shared(request: pytest.FixtureRequest, vera: User) -> Campaign:
    """A campaign of a colleague with three answers of her patients and one of Vera's."""
    paz = UserFactory.create(workspace=vera.workspace, role=Role.DOCTOR, name="Ana Paz")
    campaign: Campaign = CampaignFactory.create(
        workspace=vera.workspace, created_by=paz, status=CampaignStatus.ACTIVE, name="Consulta"
    )
    for rating in (1, 2, 1):
        answer(campaign, "Dra. Ana Paz", "Ajena Reservada", rating)
    answer(campaign, "Dr. Juan Vera", "Pedro Propio", 5)
    for doctor, name in (("Dra. Ana Paz", "Futura Ajena"), ("Dr. Juan Vera", "Futuro Propio")):
        PatientFactory.create(
            workspace=vera.workspace, campaign=campaign, doctor_name=doctor, name=name
        )
    if request.param == "tallied":
        rebuild_tallies(workspace_id=campaign.workspace_id)
    return campaign


def answer(campaign: Campaign, doctor: str, name: str, rating: int) -> None:
    ask: Message = create_answered(campaign, rating, days_ago=AN_HOUR)
    with tenancy.platform("test"):
        type(ask.patient).objects.filter(pk=ask.patient_id).update(doctor_name=doctor, name=name)


def read(client: Client, name: str, *args: Any, **query: str) -> str:
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    if response.streaming:
        return b"".join(response).decode("utf-8-sig")
    return response.content.decode()


def others_in(page: str) -> list[str]:
    return [word for word in ("Ajena", "Dra. Ana Paz") if word in page]


def test_list_has_the_campaign_with_figures_of_own_patients(
    client: Client, shared: Campaign
) -> None:
    CampaignFactory.create(workspace=shared.workspace, name="De otros")

    for query in ({}, {"sort": "-average"}, {"sort": "-asked", "status": "ACTIVE"}):
        response = client.get(reverse("campaigns"), query)
        [(campaign, cell)] = response.context["rows"]
        assert campaign == shared
        assert (cell.figures.asked, cell.figures.average) == (1, 5)
        assert "only your own patients" in response.content.decode()

    file = read(client, "campaigns", **{"as": "csv"})
    [_heading, row] = file.splitlines()
    assert ",1,1.0,5.0," in row


def test_page_shows_own_patients_and_no_act(client: Client, shared: Campaign) -> None:
    page = read(client, "campaign", shared.pk)
    results = client.get(reverse("campaign_results", args=[shared.pk]))
    html = results.content.decode()

    assert "the results of your own patients" in page
    for act in ACTS:
        assert reverse(f"campaign_{act}", args=[shared.pk]) not in page
    assert reverse("imports") + "?campaign" not in page + html
    assert others_in(page + html) == []
    assert (results.context["now"].asked, results.context["now"].average) == (1, 5)
    assert [visit.patient.name for visit in results.context["visits"]] == [
        "Futuro Propio",
        "Pedro Propio",
    ]
    assert results.context["outlook"].asks == []
    assert results.context["failures"] == []


def test_patients_and_ratings_of_the_campaign_are_own(client: Client, shared: Campaign) -> None:
    query = {"campaign": str(shared.pk)}

    patients = read(client, "patients", **query)
    file = read(client, "patients", **query, **{"as": "csv"})
    ratings = read(client, "ratings", **query)

    assert "Pedro Propio" in patients
    assert "Pedro Propio" in file
    assert "Pedro Propio" in ratings
    assert others_in(patients + file + ratings) == []


def test_no_act_on_it_is_possible(client: Client, shared: Campaign) -> None:
    for act in ACTS:
        assert client.post(reverse(f"campaign_{act}", args=[shared.pk])).status_code == 404

    with tenancy.platform("test"):
        shared.refresh_from_db()
    assert shared.status == CampaignStatus.ACTIVE


def test_colleague_without_patients_in_it_does_not_see_it(client: Client, shared: Campaign) -> None:
    client.force_login(UserFactory.create(workspace=shared.workspace, role=Role.DOCTOR))

    assert client.get(reverse("campaigns")).context["page"].rows == []
    for name in ("campaign", "campaign_results"):
        assert client.get(reverse(name, args=[shared.pk])).status_code == 404


def test_who_is_in_charge_sees_it_whole(client: Client, shared: Campaign) -> None:
    with tenancy.platform("test"):
        paz = User.objects.get(pk=shared.created_by_id)
    client.force_login(paz)

    [(_campaign, cell)] = client.get(reverse("campaigns")).context["rows"]
    results = client.get(reverse("campaign_results", args=[shared.pk]))

    assert cell.figures.asked == results.context["now"].asked == 4
    assert reverse("campaign_pause", args=[shared.pk]) in read(client, "campaign", shared.pk)


def test_more_of_them_need_no_more_queries(client: Client, vera: User) -> None:
    def add() -> None:
        campaign = CampaignFactory.create(workspace=vera.workspace, created_by=None)
        answer(campaign, "Dr. Juan Vera", "Pedro Propio", 5)

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("campaigns"))
        return len(queries)

    add()
    count()
    of_one = count()
    for _ in range(5):
        add()

    assert count() == of_one


def test_api_has_own_patients_of_it_alone(vera: User, shared: Campaign) -> None:
    """Programs get campaigns by who is in charge, so this one is not among hers."""
    vera.granted = [Can.MANAGE_KEYS.value]
    vera.save()
    api = ApiClient(workspace=vera.workspace, made_by=vera)

    patients = api.get(f"patients/?campaign_id={shared.pk}").json()
    messages = api.get(f"messages/?campaign_id={shared.pk}").json()

    assert {row["name"] for row in patients["results"]} == {"Pedro Propio", "Futuro Propio"}
    assert len(messages["results"]) == 1
    assert api.get("campaigns/").json()["results"] == []
    assert api.get(f"campaigns/{shared.pk}/").status_code == 404
    assert api.post(f"campaigns/{shared.pk}/pause/").status_code == 404
