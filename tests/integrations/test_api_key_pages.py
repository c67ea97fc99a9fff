import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core import tenancy
from integrations.models import ApiKey
from tests.admin_pages import change_page
from tests.factories import ApiKeyFactory, StaffFactory, UserFactory, WorkspaceFactory
from workspaces.models import Plan, Role, User

pytestmark = pytest.mark.django_db

TYPED = {"name": "Agenda", "scopes": ["patients:write", "campaigns:read"]}


@pytest.fixture
def owner(client: Client) -> User:
    user = UserFactory.create()
    client.force_login(user)
    return user


def test_new_key_is_shown_once_and_works(client: Client, owner: User) -> None:
    page = client.post(reverse("key_new"), TYPED)

    (words,) = re.findall(r"rm_[a-z0-9]{10}_[\w-]{43}", page.content.decode())
    answer = Client().get("/api/v1/me/", headers={"Authorization": f"Bearer {words}"})
    assert answer.json()["key"]["scopes"] == ["campaigns:read", "patients:write"]
    assert "no-store" in page["Cache-Control"]
    assert words not in client.get(reverse("keys")).content.decode()


def test_scopes_are_shown_with_their_labels(client: Client, owner: User) -> None:
    key = ApiKeyFactory.create(
        workspace=owner.workspace, scopes=["patients:write", "workspace:read"]
    )
    listed = client.get(reverse("keys")).content.decode()
    client.force_login(StaffFactory.create())
    admin = client.get(change_page(key)).content.decode()

    for page in (listed, admin):
        assert "Ver los ajustes de la clínica" in page
        assert "workspace:read" not in page


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"name": ""}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["everything"]}, "scopes"),
        ({"expires_on": "2020-01-01"}, "expires_on"),
        ({"expires_on": "9999-12-31"}, "expires_on"),
        ({"addresses": "localhost"}, "addresses"),
        ({"addresses": "1.1.1.1\n" * 21}, "addresses"),
    ],
)
def test_wrong_field_of_a_new_key_is_refused(
    client: Client, owner: User, typed: dict[str, object], field: str
) -> None:
    response = client.post(reverse("key_new"), TYPED | typed)

    assert list(response.context["form"].errors) == [field]


def test_last_day_counts_in_full_and_addresses_become_ranges(client: Client, owner: User) -> None:
    today = timezone.localdate()
    client.post(
        reverse("key_new"),
        TYPED | {"expires_on": today.isoformat(), "addresses": "203.0.113.9/24 2001:db8::1"},
    )

    with tenancy.platform("test"):
        key = ApiKey.objects.get()
    assert key.addresses == ["203.0.113.0/24", "2001:db8::1/128"]
    assert key.expires_at
    assert key.expires_at > timezone.now()


def test_revoked_key_stays_in_the_list(client: Client, owner: User) -> None:
    key = ApiKeyFactory.create(workspace=owner.workspace, name="La vieja agenda")

    page = client.post(reverse("key_revoke", args=[key.pk]), follow=True).content.decode()

    assert "La vieja agenda" in page
    assert reverse("key_revoke", args=[key.pk]) not in page


def test_page_says_that_the_plan_has_no_api(client: Client) -> None:
    client.force_login(UserFactory.create(workspace=WorkspaceFactory.create(plan=Plan.FREE)))

    page = client.get(reverse("keys"))
    refused = client.post(reverse("key_new"), TYPED)

    assert not page.context["has_api"]
    assert refused.context["form"].non_field_errors()


def test_doctor_cannot_see_keys(client: Client) -> None:
    client.force_login(UserFactory.create(role=Role.DOCTOR))

    assert client.get(reverse("keys")).status_code == 403


def test_api_description_is_public(client: Client) -> None:
    page = client.get(reverse("api_docs"))

    assert "swagger-ui" in page.content.decode()
    assert client.get(reverse("api_openapi")).json()["openapi"].startswith("3.1")
