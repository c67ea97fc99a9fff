"""Try every view that needs a permission with it alone, and with everything but it."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.factories import UserFactory
from tests.guards import addresses
from tests.guards.addresses import Address
from tests.guards.clinic import FilledClinic, create_filled_clinic, rolled_back
from workspaces.access import OWNERS_ONLY, Can, known_permissions
from workspaces.models import Role, User

GUARDED = [
    address
    for address in addresses.ours()
    if known_permissions([address.access or ""]) and (address.identifies_rows or not address.names)
]
# The row is a view that is saved for the whole clinic. Changing it needs MANAGE_WORKSPACE as well.
OF_THE_CLINIC = {
    "results/ratings/views/<uuid:savedview>/",
    "results/ratings/views/<uuid:savedview>/remove",
}


@dataclass(frozen=True)
class ClinicWithRights:
    clinic: FilledClinic
    granted: dict[Can, User]  # a receptionist with this permission
    withheld: dict[Can, User]  # an owner without it


@pytest.fixture(scope="module")
def rights(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[ClinicWithRights]:
    with django_db_blocker.unblock(), rolled_back():
        clinic = create_filled_clinic()
        granted = {
            permission: UserFactory.create(
                workspace=clinic.workspace, role=Role.RECEPTIONIST, granted=[permission.value]
            )
            for permission in set(Can) - OWNERS_ONLY
        }
        withheld = {
            permission: UserFactory.create(
                workspace=clinic.workspace, role=Role.OWNER, withheld=[permission.value]
            )
            for permission in Can
        }
        yield ClinicWithRights(clinic, granted, withheld)


@pytest.fixture(autouse=True)
def _roll_back(rights: ClinicWithRights) -> Iterator[None]:
    with rolled_back():
        yield


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def path_of(address: Address, clinic: FilledClinic) -> str:
    return address.path(**{name: clinic.row(name).pk for name in address.names})


def test_guarded_addresses_are_found() -> None:
    assert len(GUARDED) > 80


@pytest.mark.parametrize("address", GUARDED, ids=lambda address: address.route)
def test_permission_opens_a_view_and_without_it_the_view_is_closed(
    address: Address, rights: ClinicWithRights
) -> None:
    permission = Can(str(address.access))
    path = path_of(address, rights.clinic)

    for method in ("get", "post"):
        closed = getattr(client_of(rights.withheld[permission]), method)(path)
        assert closed.status_code == 403
    if permission in rights.granted:
        status = client_of(rights.granted[permission]).get(path).status_code
        if address.route in OF_THE_CLINIC:
            assert status == 403
        else:
            assert status not in {403, 500}


@pytest.mark.parametrize("user", ["doctor", "receptionist"])
def test_team_stays_closed_to_others_even_with_a_raw_grant(
    user: str, rights: ClinicWithRights
) -> None:
    everything = [permission.value for permission in Can]
    person = UserFactory.create(
        workspace=rights.clinic.workspace, role=user.upper(), granted=everything
    )

    for address in GUARDED:
        if address.access in OWNERS_ONLY:
            path = path_of(address, rights.clinic)
            assert client_of(person).get(path).status_code == 403
