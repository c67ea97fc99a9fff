"""Check that no page leads a member to what they may not do."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from django.urls import Resolver404, resolve
from pytest_django import DjangoDbBlocker

from tests.factories import UserFactory
from tests.guards import addresses
from tests.guards.addresses import Address
from tests.guards.clinic import FilledClinic, create_filled_clinic, rolled_back
from workspaces.access import NEEDS, Can, known_permissions
from workspaces.models import Role, User

PAGES = [
    address
    for address in addresses.ours()
    if (address.access == "member" or known_permissions([address.access or ""]))
    and (address.identifies_rows or not address.names)
]
LINK = re.compile(r'(?:href|action|hx-get|hx-post)="(/[^"?#]*)')


@dataclass(frozen=True)
class ClinicWithOwners:
    clinic: FilledClinic
    without: dict[Can, User]  # an owner without this permission, and without what needs it


@pytest.fixture(scope="module")
def owners(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[ClinicWithOwners]:
    with django_db_blocker.unblock(), rolled_back():
        clinic = create_filled_clinic()
        without = {
            permission: UserFactory.create(
                workspace=clinic.workspace,
                role=Role.OWNER,
                withheld=[each.value for each in Can if permission in {each, *NEEDS.get(each, ())}],
            )
            for permission in Can
        }
        yield ClinicWithOwners(clinic, without)


@pytest.fixture(autouse=True)
def _roll_back(owners: ClinicWithOwners) -> Iterator[None]:
    with rolled_back():
        yield


def read_links(user: User, path: str) -> dict[str, Can]:
    """Return the links of the page that need a permission, with the permission."""
    client = Client()
    client.force_login(user)
    page = client.get(path)
    if page.status_code != 200 or page.streaming or "html" not in page["Content-Type"]:
        return {}
    found = {}
    for link in LINK.findall(page.content.decode()):
        try:
            access = getattr(resolve(link).func, "access", "")
        except Resolver404:
            continue
        for permission in known_permissions([access]):
            found[link] = permission
    return found


@pytest.mark.parametrize("address", PAGES, ids=lambda address: address.route)
def test_page_leads_nobody_to_what_they_may_not_do(
    address: Address, owners: ClinicWithOwners
) -> None:
    path = address.path(**{name: owners.clinic.row(name).pk for name in address.names})
    links = read_links(owners.clinic.people[Role.OWNER], path)

    for permission in set(links.values()):
        shown = read_links(owners.without[permission], path)
        dead = {link for link, needed in shown.items() if needed == permission}
        assert not dead, f"{path} shows them without {permission}"
