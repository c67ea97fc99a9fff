from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from tests.factories import UserFactory

ADDRESS = "/.well-known/security.txt"


def fields_of(text: str) -> dict[str, str]:
    return dict(line.split(": ", 1) for line in text.splitlines())


def test_security_txt_names_the_contact_and_expires_within_a_year(
    client: Client, settings: Settings
) -> None:
    settings.SECURITY_CONTACT = "seguridad@example.com"
    settings.SITE_URL = "https://opiniones.example.com"

    response = client.get(ADDRESS)

    fields = fields_of(response.content.decode())
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert fields["Contact"] == "mailto:seguridad@example.com"
    assert fields["Canonical"] == "https://opiniones.example.com/.well-known/security.txt"
    expires = datetime.fromisoformat(fields["Expires"])
    assert timezone.now() < expires < timezone.now() + timedelta(days=365)


def test_page_as_contact_is_named_as_it_is(client: Client, settings: Settings) -> None:
    settings.SECURITY_CONTACT = "https://example.com/seguridad"

    fields = fields_of(client.get(ADDRESS).content.decode())

    assert fields["Contact"] == "https://example.com/seguridad"


def test_without_a_contact_there_is_no_such_file(client: Client, settings: Settings) -> None:
    settings.SECURITY_CONTACT = ""

    assert client.get(ADDRESS).status_code == 404


@pytest.mark.django_db
def test_signing_out_clears_what_the_browser_stored(client: Client) -> None:
    client.force_login(UserFactory.create())

    response = client.post("/accounts/logout/")

    assert response.status_code == 302
    assert response["Clear-Site-Data"] == '"storage"'
