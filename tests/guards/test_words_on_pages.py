"""No page shows Django's row of dashes, a word that the glossary avoids, or a name in English."""

import re
from collections.abc import Iterator

import pytest
from django.contrib import admin
from django.db import models, transaction
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.admin_pages import list_page
from tests.factories import StaffFactory
from tests.guards import addresses
from tests.guards.clinic import Clinic, build
from workspaces.models import Role, User

PAGES = [
    address
    for address in addresses.ours()
    if not address.is_api and (address.identifies_rows or not address.names)
]
UNWANTED = re.compile(r"-{9}|espacios? de trabajo|\b\w+:(?:read|write)\b", re.IGNORECASE)
# Tables and columns that their models name in English alone, and the admin in Spanish.
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
def clinic(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Clinic]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def staff(clinic: Clinic, client: Client) -> User:
    user = StaffFactory.create(language="es")
    client.force_login(user)
    return user


def words_of(page: str) -> str:
    """What people read, without the tags and what stands in them for programs."""
    return re.sub(r"<[^>]*>", " ", page)


@pytest.mark.parametrize("address", PAGES, ids=lambda address: address.route)
def test_page_of_an_owner_has_no_raw_words(
    address: addresses.Address, clinic: Clinic, client: Client
) -> None:
    client.force_login(clinic.people[Role.OWNER])

    page = client.get(address.path(**{n: clinic.row(n).pk for n in address.names}))

    if page["Content-Type"].startswith("text/html") and not page.streaming:
        assert UNWANTED.findall(words_of(page.content.decode())) == []


@pytest.mark.parametrize("model", admin.site._registry, ids=lambda model: model._meta.label)
def test_list_of_the_admin_has_no_raw_words(
    model: type[models.Model], staff: User, client: Client
) -> None:
    page = client.get(list_page(model)).content.decode()
    assert UNWANTED.findall(words_of(page)) == []
    for raw in ENGLISH:
        assert raw not in words_of(page)


def test_index_of_the_admin_has_no_english_names(staff: User, client: Client) -> None:
    page = client.get("/admin/").content.decode()

    for raw in ENGLISH:
        assert raw not in words_of(page)
