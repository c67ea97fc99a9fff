"""Try every URL as every role with rows of another clinic: nobody sees or changes them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from tests.factories import StaffFactory
from tests.guards import addresses
from tests.guards.addresses import Address
from tests.guards.clinic import FilledClinic, create_filled_clinic, rolled_back
from workspaces.models import Role, User

ADDRESSES = addresses.ours()
WITH_ROWS = [address for address in ADDRESSES if address.identifies_rows]
WITHOUT_ARGUMENTS = [address for address in ADDRESSES if not address.names]
THIRD_PARTY = [address for address in addresses.walk() if not address.is_ours]
METHODS = ("get", "post")
REFUSED = {401, 403, 404, 405}
REDIRECTED = {301, 302}


@dataclass(frozen=True)
class TwoClinics:
    ours: FilledClinic
    theirs: FilledClinic
    staff: User
    sessions: dict[UUID, str]
    digests_before: dict[str, str | None]

    def client_of(self, user: User | None) -> Client:
        """Return a client with the user's session. Signing in again would be slow."""
        client = Client()
        if user:
            client.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[user.pk]
        return client


def create_session(user: User) -> str:
    client = Client()
    client.force_login(user)
    client.get("/help/")  # stores when and where this session was last seen
    return client.cookies[settings.SESSION_COOKIE_NAME].value


@pytest.fixture(scope="module")
def clinics(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[TwoClinics]:
    """Two clinics with a row of every model. Built once; each test is rolled back."""
    with django_db_blocker.unblock(), rolled_back():
        ours, theirs, staff = create_filled_clinic(), create_filled_clinic(), StaffFactory.create()
        sessions = {user.pk: create_session(user) for user in [*ours.people.values(), staff]}
        yield TwoClinics(ours, theirs, staff, sessions, theirs.digests())


@pytest.fixture(autouse=True)
def _roll_back(clinics: TwoClinics) -> Iterator[None]:
    with rolled_back():
        yield


def text_of(response: Any) -> str:
    """Return the text of a response, also of a streamed one."""
    if response.streaming:
        return b"".join(response.streaming_content).decode()
    return str(response.content.decode(errors="replace"))  # a workbook is binary


def route_of(address: Address) -> str:
    return address.route


def test_url_configuration_yields_our_addresses() -> None:
    assert len(WITH_ROWS) > 8
    assert len(WITHOUT_ARGUMENTS) > 8


def test_every_view_declares_who_may_use_it() -> None:
    undeclared = [address.route for address in ADDRESSES if not address.access]

    assert not undeclared, "decorate the view with @member(…) or @public(why)"


def test_every_argument_of_an_address_is_a_model_or_a_token() -> None:
    known = {*addresses.MODELS, "token", "colour"}
    unknown = {a.route: names for a in ADDRESSES if (names := set(a.names) - known)}

    assert not unknown, "name it after its model, so that the guard can fill it in"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("address", WITH_ROWS, ids=route_of)
def test_row_of_another_clinic_is_not_found(
    address: Address, method: str, clinics: TwoClinics
) -> None:
    path = address.path(**{name: clinics.theirs.row(name).pk for name in address.names})
    # The API would reject form data before it looks for the row.
    options = {"content_type": "application/json"} if method == "post" and address.is_api else {}
    for role, user in clinics.ours.people.items():
        response = getattr(clinics.client_of(user), method)(path, **options)
        assert response.status_code in REFUSED, f"{role} got {response.status_code}"
        assert not clinics.theirs.leaked_words(text_of(response)) - {path.split("/")[-2]}
    for user_outside in (clinics.staff, None):
        response = getattr(clinics.client_of(user_outside), method)(path)
        assert response.status_code in REDIRECTED | REFUSED

    assert clinics.theirs.digests() == clinics.digests_before


@pytest.mark.parametrize("address", WITH_ROWS, ids=route_of)
def test_owner_finds_own_row(address: Address, clinics: TwoClinics) -> None:
    """Otherwise the test above would also pass for a view that never finds anything."""
    client = clinics.client_of(clinics.ours.people[Role.OWNER])

    response = client.get(address.path(**{n: clinics.ours.row(n).pk for n in address.names}))

    assert response.status_code in {200, 302, 405}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("address", WITHOUT_ARGUMENTS, ids=route_of)
def test_page_shows_only_its_own_clinic(address: Address, method: str, clinics: TwoClinics) -> None:
    for user in [*clinics.ours.people.values(), clinics.staff, None]:
        response = getattr(clinics.client_of(user), method)(address.path())
        assert response.status_code < 500 or address.route.startswith("health/")
        # Our own pages in the admin show all clinics to platform staff.
        if user != clinics.staff or address.access != "staff":
            assert not clinics.theirs.leaked_words(text_of(response))
        if user is None and address.is_api:
            assert response.status_code == 401
        elif user is None and (method, address.route) == ("get", ""):
            # Home shows the landing page to visitors.
            assert response.status_code == 200
        elif user is None and not address.is_public:
            assert response.status_code in REDIRECTED
            assert response["Location"].startswith(reverse("account_login"))

    assert clinics.theirs.digests() == clinics.digests_before


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("address", [a for a in ADDRESSES if "token" in a.names], ids=route_of)
def test_guessed_token_reveals_nothing(
    address: Address, method: str, clinics: TwoClinics, client: Client
) -> None:
    response = getattr(client, method)(address.path(token="a-guess"))

    assert 400 <= response.status_code < 500
    text = response.content.decode()
    assert not clinics.theirs.leaked_words(text) | clinics.ours.leaked_words(text)


def test_third_party_pages_show_members_nothing_of_other_clinics(clinics: TwoClinics) -> None:
    """The pages of allauth and of the admin."""
    wrong = []
    owner = clinics.ours.people[Role.OWNER]
    for user in [*clinics.ours.people.values(), None]:
        for address in THIRD_PARTY:
            # The admin checks `is_staff` and no role, so one member is enough.
            if address.is_a_pattern or (address.route.startswith("admin/") and user != owner):
                continue
            path = address.path(**dict.fromkeys(address.names, 1))
            response = clinics.client_of(user).get(path)
            is_open = (
                path.startswith("/admin/") and response.status_code not in REDIRECTED | REFUSED
            )
            leaked = clinics.theirs.leaked_words(text_of(response))
            if response.status_code >= 500 or is_open or leaked:
                wrong.append((user, path, response.status_code, leaked))
    assert not wrong
