import pytest
from django.test import Client
from django.urls import reverse

from core import tenancy
from tests.factories import PracticeFactory, StaffFactory, UserFactory
from workspaces.models import Plan, Role, User, Workspace

pytestmark = pytest.mark.django_db


def open_home(client: Client, user: User) -> str:
    client.force_login(user)
    return client.get(reverse("home")).content.decode()


def test_owner_without_colleagues_gets_a_link_to_invite(client: Client) -> None:
    owner = UserFactory.create(language="en")

    assert f'href="{reverse("invite")}"' in open_home(client, owner)


def test_practice_without_google_is_a_next_step(client: Client) -> None:
    owner = UserFactory.create(language="en")
    practice = PracticeFactory.create(workspace=owner.workspace, name="Consultorio Norte")

    page = open_home(client, owner)

    assert "“Consultorio Norte” is not connected to Google" in page
    assert f'href="{reverse("practice_edit", args=[practice.pk])}"' in page


def test_completed_steps_are_not_shown(client: Client) -> None:
    owner = UserFactory.create(language="en")
    UserFactory.create(workspace=owner.workspace)
    PracticeFactory.create(workspace=owner.workspace, google_place_id="ChIJN1t_tDeuEmsRUso")

    assert "Next steps" not in open_home(client, owner)


def test_owner_of_free_plan_gets_no_link_to_invite(client: Client) -> None:
    owner = UserFactory.create(workspace__plan=Plan.FREE)

    assert reverse("invite") not in open_home(client, owner)


def test_owner_without_credits_sees_a_warning(client: Client) -> None:
    owner = UserFactory.create(language="en", workspace__message_credits=0)
    doctor = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR, language="en")

    assert "There are no credits left" in open_home(client, owner)
    assert "There are no credits left" not in open_home(client, doctor)


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.RECEPTIONIST])
def test_next_steps_are_only_for_owners(client: Client, role: Role) -> None:
    user = UserFactory.create(role=role, language="en")
    PracticeFactory.create(workspace=user.workspace)

    assert "Next steps" not in open_home(client, user)


def test_receptionist_gets_lists_and_campaigns_from_their_own_apps(client: Client) -> None:
    page = open_home(client, UserFactory.create(role=Role.RECEPTIONIST))

    for panel, without_javascript in (
        ("imports_panel", "imports"),
        ("campaigns_panel", "campaigns"),
    ):
        assert f'hx-get="{reverse(panel)}"' in page
        assert f'href="{reverse(without_javascript)}"' in page


def test_platform_staff_is_redirected_to_the_admin(client: Client) -> None:
    client.force_login(StaffFactory.create())

    assert client.get(reverse("home"))["Location"] == reverse("admin:index")


def test_html_in_a_name_is_escaped(client: Client) -> None:
    owner = UserFactory.create(name="<script>x</script>", workspace__name="<b>Sol</b>")

    page = open_home(client, owner)

    assert "<script>x" not in page
    assert "<b>Sol</b>" not in page
    with tenancy.platform("test"):
        assert Workspace.objects.get().name == "<b>Sol</b>"
