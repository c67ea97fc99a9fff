import pytest
from django.test import Client
from django.urls import reverse

from core import tenancy
from tests.factories import PracticeFactory, StaffFactory, UserFactory
from workspaces.models import Plan, Role, User, Workspace

pytestmark = pytest.mark.django_db


def home(client: Client, user: User) -> str:
    client.force_login(user)
    return client.get(reverse("home")).content.decode()


def test_an_owner_who_is_alone_is_led_to_invite(client: Client) -> None:
    owner = UserFactory.create(language="en")

    assert f'href="{reverse("invite")}"' in home(client, owner)


def test_a_practice_without_google_is_pointed_at(client: Client) -> None:
    owner = UserFactory.create(language="en")
    practice = PracticeFactory.create(workspace=owner.workspace, name="Consultorio Norte")

    page = home(client, owner)

    assert "“Consultorio Norte” is not connected to Google" in page
    assert f'href="{reverse("practice_edit", args=[practice.pk])}"' in page


def test_what_is_done_is_not_asked_for_again(client: Client) -> None:
    owner = UserFactory.create(language="en")
    UserFactory.create(workspace=owner.workspace)
    PracticeFactory.create(workspace=owner.workspace, google_place_id="ChIJN1t_tDeuEmsRUso")

    assert "Next steps" not in home(client, owner)


def test_a_free_plan_is_not_told_to_invite(client: Client) -> None:
    owner = UserFactory.create(workspace__plan=Plan.FREE)

    assert reverse("invite") not in home(client, owner)


def test_an_owner_without_credits_is_told_what_that_means(client: Client) -> None:
    owner = UserFactory.create(language="en", workspace__message_credits=0)
    doctor = UserFactory.create(workspace=owner.workspace, role=Role.DOCTOR, language="en")

    assert "There are no credits left" in home(client, owner)
    assert "There are no credits left" not in home(client, doctor)


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.RECEPTIONIST])
def test_steps_are_for_those_who_can_take_them(client: Client, role: Role) -> None:
    user = UserFactory.create(role=role, language="en")
    PracticeFactory.create(workspace=user.workspace)

    page = home(client, user)

    assert "Next steps" not in page
    assert (reverse("campaign_new") in page) is (role == Role.DOCTOR)


@pytest.mark.parametrize("role", Role)
def test_the_campaigns_come_from_their_own_floor(client: Client, role: Role) -> None:
    page = home(client, UserFactory.create(role=role))

    assert f'hx-get="{reverse("campaigns_panel")}"' in page
    assert f'href="{reverse("campaigns")}"' in page, "without JavaScript there is a link"


def test_the_platforms_staff_belong_to_the_admin(client: Client) -> None:
    client.force_login(StaffFactory.create())

    assert client.get(reverse("home"))["Location"] == reverse("admin:index")


def test_html_in_a_name_stays_text(client: Client) -> None:
    owner = UserFactory.create(name="<script>x</script>", workspace__name="<b>Sol</b>")

    page = home(client, owner)

    assert "<script>x" not in page
    assert "<b>Sol</b>" not in page
    with tenancy.platform("test"):
        assert Workspace.objects.get().name == "<b>Sol</b>"
