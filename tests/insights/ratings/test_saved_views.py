"""Views of the list that are saved under a name, for a member or for the clinic."""

from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from core import tenancy
from core.errors import ProblemError
from core.models import AuditEvent
from insights.models import SavedView
from insights.ratings.saved_views import rename_view, save_view
from tests.factories import PracticeFactory, SavedViewFactory, UserFactory
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client: Client) -> User:
    user: User = UserFactory.create(language="en", role=Role.OWNER)
    client.force_login(user)
    return user


@pytest.fixture
def doctor(owner: User) -> User:
    user: User = UserFactory.create(workspace=owner.workspace, language="en", role=Role.DOCTOR)
    return user


def save(client: Client, **data: str) -> str:
    posted = {"name": "Low ratings", "query": "period=7&rating=1&rating=2", **data}
    response = client.post(reverse("saved_views"), posted, follow=True)
    return str(response.content.decode())


def workspace_of(user: User) -> UUID:
    assert user.workspace_id
    return user.workspace_id


def read_views(user: User) -> list[SavedView]:
    with tenancy.within(workspace_of(user)):
        return list(SavedView.objects.all())


def test_view_is_saved_with_its_filters_alone(client: Client, owner: User) -> None:
    page = save(client, query="period=7&rating=1&rating=2&as=csv&evil=1")
    (view,) = read_views(owner)

    assert (view.name, view.user, view.query) == (
        "Low ratings",
        owner,
        "period=7&rating=2&rating=1",
    )
    assert "“Low ratings” is saved." in page
    assert f"view={view.pk}" in page


def test_view_of_the_clinic_is_seen_by_all_and_is_in_the_audit_trail(
    client: Client, owner: User, doctor: User
) -> None:
    save(client, for_clinic="on")
    (view,) = read_views(owner)
    client.force_login(doctor)

    assert view.user is None
    assert "Low ratings" in client.get(reverse("ratings")).content.decode()
    assert client.get(reverse("saved_view", args=[view.pk])).status_code == 403
    with tenancy.within(workspace_of(owner)):
        event = AuditEvent.objects.get(action="saved_view.save")
    assert (event.actor_name, event.entity_name) == (owner.name, "Low ratings")


def test_own_view_is_nobody_elses(client: Client, owner: User, doctor: User) -> None:
    client.force_login(doctor)
    save(client, for_clinic="on")  # a doctor cannot save for the clinic
    (view,) = read_views(owner)
    client.force_login(owner)

    assert view.user == doctor
    assert "Low ratings" not in client.get(reverse("ratings")).content.decode()
    assert client.get(reverse("saved_view", args=[view.pk])).status_code == 404
    assert client.post(reverse("saved_view_remove", args=[view.pk])).status_code == 404


def test_name_is_given_once(client: Client, owner: User) -> None:
    save(client)
    page = save(client, name="low RATINGS")

    assert "There is a view with this name already." in page
    assert len(read_views(owner)) == 1


def test_name_saved_by_two_at_once_is_refused(owner: User) -> None:
    workspace = owner.workspace
    assert workspace
    with tenancy.within(workspace_of(owner)):
        for name in ("Praise", "Low ratings"):
            save_view(workspace=workspace, name=name, query="", owner=None, by=owner)
        with pytest.raises(ProblemError):
            save_view(workspace=workspace, name="PRAISE", query="", owner=None, by=owner)
        view = SavedView.objects.get(name="Low ratings")
        with pytest.raises(ProblemError):
            rename_view(view=view, name="Praise", by=owner)


def test_view_is_renamed_and_removed(client: Client, owner: User) -> None:
    view = SavedViewFactory.create(workspace=owner.workspace)
    other = SavedViewFactory.create(workspace=owner.workspace)
    address = reverse("saved_view", args=[view.pk])

    assert "with this name already" in (client.post(address, {"name": other.name}).content.decode())
    client.post(address, {"name": "Praise"})
    assert {one.name for one in read_views(owner)} == {"Praise", other.name}

    remove = reverse("saved_view_remove", args=[view.pk])
    assert "Remove “Praise”?" in client.get(remove).content.decode()
    assert len(read_views(owner)) == 2
    client.post(remove)
    assert [one.name for one in read_views(owner)] == [other.name]


def test_view_of_a_practice_that_is_gone_still_works(client: Client, owner: User) -> None:
    practice = PracticeFactory.create(workspace=owner.workspace)
    save(client, query=f"period=7&rating=1&practice={practice.pk}")
    with tenancy.within(workspace_of(owner)):
        practice.delete()
    (view,) = read_views(owner)
    response = client.get(reverse("ratings") + f"?{view.query}&view={view.pk}")

    assert "a practice or a campaign that is not here any more" in response.content.decode()
    assert response.context["search"].stars == (1,)


def test_views_of_a_member_go_with_the_member(owner: User, doctor: User) -> None:
    SavedViewFactory.create(workspace=owner.workspace, user=doctor)
    SavedViewFactory.create(workspace=owner.workspace, name="Of the clinic")
    with tenancy.within(workspace_of(owner)):
        doctor.delete()

    assert [view.name for view in read_views(owner)] == ["Of the clinic"]
