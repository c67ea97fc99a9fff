from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core import tenancy
from core.models import AuditEvent
from tests.concurrency import run_concurrently
from tests.factories import CampaignFactory, PracticeFactory, UserFactory, WorkspaceFactory
from workspaces.models import Plan, Practice, Role, User, Workspace
from workspaces.practices import workspace_time_zone

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> User:
    user = UserFactory.create(language="en")
    client.force_login(user)
    return user


def form_data(**changes: Any) -> dict[str, Any]:
    return {
        "name": "Consultorio Norte",
        "address": "Av. Amazonas N24-03",
        "city": "Quito",
        "country": "EC",
        "google_place_id": "ChIJN1t_tDeuEmsRUsoyG83frY4",
        "phone": "02 256 7890",
        "email": "norte@example.com",
        "timezone": "America/Guayaquil",
        "window_start": "08:00",
        "window_end": "20:00",
        **changes,
    }


def practices_of(user: User) -> list[Practice]:
    assert user.workspace
    with tenancy.within(user.workspace.pk):
        return list(Practice.objects.all())


def trail_of(user: User) -> list[AuditEvent]:
    assert user.workspace
    with tenancy.within(user.workspace.pk):
        return list(AuditEvent.objects.order_by("pk"))


def test_owner_adds_practice(client: Client, owner: User) -> None:
    response = client.post(reverse("practice_new"), form_data(), follow=True)

    assert "Consultorio Norte was added." in response.content.decode()
    (practice,) = practices_of(owner)
    assert (practice.name, practice.workspace_id) == ("Consultorio Norte", owner.workspace_id)
    (event,) = trail_of(owner)
    assert (event.action, event.actor_id, event.new["city"]) == (
        "practice.create",
        owner.pk,
        "Quito",
    )


@pytest.mark.parametrize(
    ("country", "phone", "stored"),
    [
        ("EC", "02 256 7890", "+59322567890"),
        ("EC", "0987654321", "+593987654321"),
        ("EC", "+34 912 34 56 78", "+34912345678"),
        ("CO", "601 2345678", "+576012345678"),
        ("EC", "", ""),
    ],
)
def test_phone_is_stored_as_e164(
    client: Client, owner: User, country: str, phone: str, stored: str
) -> None:
    client.post(reverse("practice_new"), form_data(country=country, phone=phone))

    assert [practice.phone for practice in practices_of(owner)] == [stored]


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("phone", "12", "There is no such phone number."),
        ("phone", "call us", "There is no such phone number."),
        ("google_place_id", "my practice", "A Google place id is one long word"),
        ("timezone", "Mars/Olympus", "Select a valid choice"),
        ("country", "XX", "Select a valid choice"),
        ("email", "norte@", "Enter a valid email address"),
        ("window_end", "08:00", "Messages must be allowed for some part of the day."),
        ("window_end", "25:00", "Enter a valid time"),
        ("name", "", "This field is required"),
        ("name", "x" * 121, "at most 120 characters"),
    ],
)
def test_invalid_field_shows_error_and_keeps_input(
    client: Client, owner: User, field: str, value: str, sentence: str
) -> None:
    response = client.post(reverse("practice_new"), form_data(**{field: value}))

    form = response.context["form"]
    assert list(form.errors) == [field]
    assert sentence in form.errors[field][0]
    assert "Av. Amazonas N24-03" in response.content.decode()
    assert practices_of(owner) == []


def test_review_link_gives_place_id(client: Client, owner: User) -> None:
    link = "https://search.google.com/local/writereview?placeid=ChIJN1t_tDeuEmsRUsoyG83frY4"

    client.post(reverse("practice_new"), form_data(google_place_id=link))

    assert practices_of(owner)[0].google_place_id == "ChIJN1t_tDeuEmsRUsoyG83frY4"


def test_window_may_cross_midnight(client: Client, owner: User) -> None:
    client.post(reverse("practice_new"), form_data(window_start="18:00", window_end="02:00"))

    (practice,) = practices_of(owner)
    assert practice.window_start > practice.window_end


def test_name_is_unique_in_any_case(client: Client, owner: User) -> None:
    PracticeFactory.create(workspace=owner.workspace, name="CONSULTORIO norte")

    response = client.post(reverse("practice_new"), form_data())

    assert response.context["form"].errors["name"] == [
        "You already have a practice with this name."
    ]


def test_another_workspace_may_use_same_name(client: Client, owner: User) -> None:
    PracticeFactory.create(name="Consultorio Norte")

    client.post(reverse("practice_new"), form_data())

    assert len(practices_of(owner)) == 1


def test_change_is_recorded_with_old_values(client: Client, owner: User) -> None:
    client.post(reverse("practice_new"), form_data())
    (practice,) = practices_of(owner)

    client.post(reverse("practice_edit", args=[practice.pk]), form_data(city="Cuenca"))

    event = trail_of(owner)[-1]
    assert (event.action, event.old, event.new) == (
        "practice.change",
        {"city": "Quito"},
        {"city": "Cuenca"},
    )


def test_unchanged_form_is_not_recorded(client: Client, owner: User) -> None:
    client.post(reverse("practice_new"), form_data())
    (practice,) = practices_of(owner)

    client.post(reverse("practice_edit", args=[practice.pk]), form_data())

    assert [event.action for event in trail_of(owner)] == ["practice.create"]


def test_present_time_zone_is_offered(client: Client, owner: User) -> None:
    practice = PracticeFactory.create(workspace=owner.workspace, timezone="Europe/Berlin")

    client.post(
        reverse("practice_edit", args=[practice.pk]),
        form_data(timezone="Europe/Berlin", city="Loja"),
    )

    (practice,) = practices_of(owner)
    assert (practice.timezone, practice.city) == ("Europe/Berlin", "Loja")


def test_time_zones_are_offered_by_country_and_city(client: Client, owner: User) -> None:
    page = client.get(reverse("practice_new")).content.decode()

    assert '<optgroup label="Ecuador">' in page
    assert '<option value="Pacific/Galapagos">Galapagos</option>' in page


def test_practice_without_campaigns_can_be_removed(client: Client, owner: User) -> None:
    practice = PracticeFactory.create(workspace=owner.workspace)
    address = reverse("practice_remove", args=[practice.pk])

    assert "Yes, remove it" in client.get(address).content.decode()
    assert practices_of(owner) == [practice]
    client.post(address)

    assert practices_of(owner) == []
    assert trail_of(owner)[-1].action == "practice.remove"


def test_practice_with_campaigns_cannot_be_removed(client: Client, owner: User) -> None:
    practice = PracticeFactory.create(workspace=owner.workspace)
    CampaignFactory.create(workspace=owner.workspace, practice=practice)

    response = client.post(reverse("practice_remove", args=[practice.pk]))

    assert response.status_code == 409
    assert "has campaigns" in response.content.decode()
    assert practices_of(owner) == [practice]
    assert trail_of(owner) == []


def test_doctor_sees_practices_but_cannot_change_them(client: Client) -> None:
    doctor = UserFactory.create(role=Role.DOCTOR)
    practice = PracticeFactory.create(workspace=doctor.workspace)
    client.force_login(doctor)

    page = client.get(reverse("practices")).content.decode()

    assert practice.name in page
    edit = reverse("practice_edit", args=[practice.pk])
    assert edit not in page
    for address in (edit, reverse("practice_new"), reverse("practice_remove", args=[practice.pk])):
        assert client.get(address).status_code == 403
        assert client.post(address, form_data()).status_code == 403


def test_receptionist_cannot_see_practices(client: Client) -> None:
    client.force_login(UserFactory.create(role=Role.RECEPTIONIST))

    assert client.get(reverse("practices")).status_code == 403


@pytest.mark.parametrize("name", ["practice_edit", "practice_remove"])
def test_practice_of_another_workspace_is_not_found(client: Client, owner: User, name: str) -> None:
    foreign = PracticeFactory.create()
    address = reverse(name, args=[foreign.pk])

    assert client.get(address).status_code == 404
    assert client.post(address, form_data()).status_code == 404
    with tenancy.within(foreign.workspace_id):
        assert Practice.objects.get().name == foreign.name


def test_html_in_name_is_escaped(client: Client, owner: User) -> None:
    PracticeFactory.create(workspace=owner.workspace, name="<b>Norte</b>", city="<i>Quito</i>")

    page = client.get(reverse("practices")).content.decode()

    assert "&lt;b&gt;Norte&lt;/b&gt;" in page
    assert "<b>Norte</b>" not in page
    assert "<i>Quito</i>" not in page


def test_full_plan_refuses_new_practice(client: Client) -> None:
    workspace = WorkspaceFactory.create(plan=Plan.FREE)
    owner = UserFactory.create(workspace=workspace, language="en")
    PracticeFactory.create(workspace=workspace)
    client.force_login(owner)

    listed = client.get(reverse("practices")).content.decode()
    response = client.post(reverse("practice_new"), form_data())

    assert "The Free plan has room for 1 practice." in listed
    assert reverse("practice_new") not in listed
    assert "choose a larger plan" in response.content.decode()
    assert len(practices_of(owner)) == 1


@pytest.mark.django_db(transaction=True)
def test_concurrent_requests_do_not_exceed_plan() -> None:
    workspace: Workspace = WorkspaceFactory.create(plan=Plan.FREE)
    clients = [Client(), Client()]
    for client in clients:
        client.force_login(UserFactory.create(workspace=workspace))

    def add(client: Client, name: str) -> int:
        return client.post(reverse("practice_new"), form_data(name=name)).status_code

    statuses = run_concurrently(partial(add, clients[0], "Norte"), partial(add, clients[1], "Sur"))

    assert sorted(statuses) == [200, 302]
    with tenancy.within(workspace.pk):
        assert Practice.objects.count() == 1


def test_first_practice_sets_time_zone_of_workspace() -> None:
    workspace = WorkspaceFactory.create()
    with tenancy.within(workspace.pk):
        assert str(workspace_time_zone(workspace)) == "America/Guayaquil"
    PracticeFactory.create(workspace=workspace, timezone="America/Bogota")
    PracticeFactory.create(workspace=workspace, timezone="America/Lima")

    with tenancy.within(workspace.pk):
        assert str(workspace_time_zone(workspace)) == "America/Bogota"
