import pytest
from django.test import Client
from django.urls import reverse

from core import tenancy
from core.models import AuditEvent
from tests.factories import PASSWORD, PracticeFactory, UserFactory
from workspaces.models import Role, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def doctor(client: Client) -> User:
    user = UserFactory.create(role=Role.DOCTOR, name="Dra. López", language="en")
    client.force_login(user)
    return user


@pytest.mark.parametrize("role", Role)
def test_every_role_can_change_own_profile(client: Client, role: Role) -> None:
    user = UserFactory.create(role=role, name="Antes")
    PracticeFactory.create(workspace=user.workspace, country="CO")
    client.force_login(user)

    client.post(
        reverse("profile"),
        {
            "name": "Después",
            "phone": "321 123 4567",
            "language": "en",
            "density": "COMFORTABLE",
        },
    )

    user.refresh_from_db()
    assert (user.name, user.phone, user.language) == ("Después", "+573211234567", "en")
    assert user.workspace_id
    with tenancy.within(user.workspace_id):
        event = AuditEvent.objects.get()
    assert (event.action, event.actor_name) == ("profile.change", "Antes")
    assert event.old == {"name": "Antes", "phone": "", "language": ""}


def test_role_and_email_cannot_be_changed(client: Client, doctor: User) -> None:
    client.post(
        reverse("profile"),
        {"name": "Dra. López", "role": "OWNER", "email": "x@example.com", "is_staff": "1"},
    )

    before = doctor.email
    doctor.refresh_from_db()
    assert (doctor.role, doctor.email, doctor.is_staff) == (Role.DOCTOR, before, False)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("phone", "no tengo", "There is no such phone number."),
        ("language", "fr", "Select a valid choice"),
        ("name", " ", "This field is required"),
    ],
)
def test_invalid_field_shows_error(
    client: Client, doctor: User, field: str, value: str, sentence: str
) -> None:
    response = client.post(reverse("profile"), {"name": "Otro nombre", field: value})

    assert sentence in response.context["form"].errors[field][0]
    doctor.refresh_from_db()
    assert doctor.name == "Dra. López"


def test_refused_name_is_not_shown_in_menu(client: Client, doctor: User) -> None:
    page = client.post(reverse("profile"), {"name": "Otra", "phone": "1"}).content.decode()

    assert "Menu of Dra. López" in page


def test_new_language_is_used_at_once(client: Client, doctor: User) -> None:
    response = client.post(
        reverse("profile"),
        {"name": "Dra. López", "language": "es", "density": "COMFORTABLE"},
        follow=True,
    )

    assert response["Content-Language"] == "es"


def test_page_shows_recent_sign_ins(client: Client, doctor: User) -> None:
    client.logout()
    agent = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"
    client.post(
        reverse("account_login"),
        {"login": doctor.email, "password": PASSWORD},
        headers={"user-agent": agent},
    )

    page = client.get(reverse("profile"), headers={"user-agent": agent}).content.decode()

    assert "Chrome on Windows" in page
    assert "127.0.0.1" in page


@pytest.mark.parametrize(
    "name", ["account_change_password", "account_email", "mfa_index", "usersessions_list"]
)
def test_page_links_to_security_pages(client: Client, doctor: User, name: str) -> None:
    assert f'href="{reverse(name)}"' in client.get(reverse("profile")).content.decode()
