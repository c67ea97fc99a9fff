"""What the rest of the product may not change while Google is connected, and the keys of tokens."""

import pytest
from django.core.management import call_command
from django.urls import reverse
from pytest_django import Settings

from config import settings as product
from core import encryption
from reviews.models import GoogleConnection
from tests.core.api.calling import ApiClient
from tests.factories import GoogleConnectionFactory
from tests.reviews.connection.steps import Clinic, stored
from workspaces import clinic_settings
from workspaces.models import Practice, ReviewInvites, Workspace

pytestmark = pytest.mark.django_db


def save_invites(clinic: Clinic, invites: str) -> str:
    workspace = stored(lambda: Workspace.objects.get(pk=clinic.workspace.pk))
    names = clinic_settings.SettingsDetails.__dataclass_fields__
    values = {name: getattr(workspace, name) for name in names} | {"review_invites": invites}
    form = {name: str(value) for name, value in values.items() if value not in (None, False)}
    return clinic.press("workspace_settings", **form)


def invites_of(clinic: Clinic) -> str:
    return stored(lambda: Workspace.objects.get(pk=clinic.workspace.pk).review_invites)


def test_happy_only_is_refused_while_google_is_connected(clinic: Clinic) -> None:
    clinic.connect()

    page = save_invites(clinic, ReviewInvites.HAPPY_ONLY)

    assert "it is not possible while Google is connected" in page
    assert invites_of(clinic) == ReviewInvites.EVERYONE

    clinic.press("google_disconnect", fetched="keep")
    save_invites(clinic, ReviewInvites.HAPPY_ONLY)
    assert invites_of(clinic) == ReviewInvites.HAPPY_ONLY


def test_happy_only_is_refused_over_the_api(api_client: ApiClient) -> None:
    GoogleConnectionFactory.create(workspace=api_client.workspace)

    answer = api_client.patch("workspace/", {"review_invites": "happy_only"})

    assert answer.status_code == 400
    assert "review_invites" in str(answer.json())


def test_practice_with_a_google_location_cannot_be_removed_and_the_reason_is_right(
    clinic: Clinic,
) -> None:
    clinic.connect()
    clinic.follow()
    address = reverse("practice_remove", args=[clinic.practice.pk])

    page = clinic.client.post(address).content.decode()
    assert "The Google location “Consultorio Centro” belongs to" in page

    clinic.press("google_disconnect", fetched="keep")
    page = clinic.client.post(address).content.decode()
    assert "has reviews that were fetched from Google" in page

    clinic.press("google_delete")
    clinic.client.post(address)
    assert not stored(lambda: Practice.objects.filter(pk=clinic.practice.pk).exists())


def test_tokens_are_resealed_with_the_others(settings: Settings) -> None:
    connection = GoogleConnectionFactory.create(access_token=encryption.seal("access"))
    GoogleConnectionFactory.create(status="DISCONNECTED", refresh_token="")
    settings.SEALING_KEYS = ["a new key", *product.SEALING_KEYS]

    call_command("reseal", verbosity=0)

    settings.SEALING_KEYS = ["a new key"]
    after = stored(lambda: GoogleConnection.objects.get(pk=connection.pk))
    assert encryption.unseal(after.refresh_token) == "refresh"
    assert encryption.unseal(after.access_token) == "access"
