"""Check that no page shows Django's dashes, a word that the glossary avoids, or an English name."""

import re
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.db import models
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.admin_pages import list_page
from tests.factories import StaffFactory
from tests.guards import addresses
from tests.guards.clinic import FilledClinic, create_filled_clinic, rolled_back
from workspaces.models import Role, User

PAGES = [
    address
    for address in addresses.ours()
    if not address.is_api and (address.identifies_rows or not address.names)
]
UNWANTED = re.compile(r"-{9}|espacios? de trabajo|\b\w+:(?:read|write)\b", re.IGNORECASE)
# Names that must not appear in the Spanish admin. Some are cut, to match both cases.
ENGLISH = (
    "uthenticator",
    "ser session",
    "tally",
    "tale day",
    "Created at",
    "Last used at",
    "Facet",
)


@pytest.fixture(scope="module")
def clinic(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[FilledClinic]:
    with django_db_blocker.unblock(), rolled_back():
        yield create_filled_clinic()


@pytest.fixture
def staff(clinic: FilledClinic, client: Client) -> User:
    user = StaffFactory.create(language="es")
    client.force_login(user)
    return user


def visible_text(page: str) -> str:
    """Return the visible text of the page, without tags and their attributes."""
    return re.sub(r"<[^>]*>", " ", page)


@pytest.mark.parametrize("address", PAGES, ids=lambda address: address.route)
def test_owner_page_has_no_unwanted_words(
    address: addresses.Address, clinic: FilledClinic, client: Client
) -> None:
    client.force_login(clinic.people[Role.OWNER])

    page = client.get(address.path(**{n: clinic.row(n).pk for n in address.names}))

    if page["Content-Type"].startswith("text/html") and not page.streaming:
        assert UNWANTED.findall(visible_text(page.content.decode())) == []


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_admin_list_has_no_unwanted_words(
    model: type[models.Model], staff: User, client: Client
) -> None:
    page = client.get(list_page(model)).content.decode()
    assert UNWANTED.findall(visible_text(page)) == []
    for name in ENGLISH:
        assert name not in visible_text(page)


def test_admin_index_has_no_english_names(staff: User, client: Client) -> None:
    page = client.get("/admin/").content.decode()

    for name in ENGLISH:
        assert name not in visible_text(page)
