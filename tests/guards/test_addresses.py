"""Every address × everyone × somebody else's row: nobody sees or changes what is not theirs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoDbBlocker

from tests.factories import StaffFactory
from tests.guards import addresses
from tests.guards.addresses import Address
from tests.guards.clinic import Clinic, build
from workspaces.models import Role, User

OURS = addresses.ours()
ROWS = [address for address in OURS if address.identifies_rows]
PLAIN = [address for address in OURS if not address.names]
OTHERS = [address for address in addresses.walk() if not address.is_ours]
METHODS = ("get", "post")
REFUSED = {401, 403, 404, 405}
MOVED = {301, 302}


@dataclass(frozen=True)
class World:
    ours: Clinic
    theirs: Clinic
    staff: User
    sessions: dict[UUID, str]
    theirs_at_first: dict[str, str | None]

    def browser_of(self, user: User | None) -> Client:
        """A browser in which they are signed in; signing in again costs as much as a page."""
        browser = Client()
        if user:
            browser.cookies[settings.SESSION_COOKIE_NAME] = self.sessions[user.pk]
        return browser


def session_of(user: User) -> str:
    browser = Client()
    browser.force_login(user)
    browser.get("/help/")  # which notes when and where this session was last seen
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    """Built once, for it has a row of everything; each test leaves it as it was."""
    with django_db_blocker.unblock(), taken_back():
        ours, theirs, staff = build(), build(), StaffFactory.create()
        sessions = {user.pk: session_of(user) for user in [*ours.people.values(), staff]}
        yield World(ours, theirs, staff, sessions, theirs.everything())


@pytest.fixture(autouse=True)
def _a_test_leaves_no_trace(world: World) -> Iterator[None]:
    with taken_back():
        yield


def text_of(response: Any) -> str:
    """A streamed answer is read to its end."""
    if response.streaming:
        return b"".join(response.streaming_content).decode()
    return str(response.content.decode(errors="replace"))  # a workbook is no text


def named(address: Address) -> str:
    return address.route


def test_the_walk_finds_our_addresses() -> None:
    assert len(ROWS) > 8
    assert len(PLAIN) > 8


def test_every_address_says_who_may_come_in() -> None:
    silent = [address.route for address in OURS if not address.access]

    assert not silent, "decorate the view with @member(…) or @public(why)"


def test_every_name_in_an_address_is_a_model_or_a_token() -> None:
    known = {*addresses.MODELS, "token"}
    strangers = {a.route: names for a in OURS if (names := set(a.names) - known)}

    assert not strangers, "name it after its model, so that the guard can fill it"


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("address", ROWS, ids=named)
def test_a_foreign_row_does_not_exist(address: Address, method: str, world: World) -> None:
    path = address.path(**{name: world.theirs.row(name).pk for name in address.names})
    # Or an API would stop at the form, before it looks for the row.
    kind = {"content_type": "application/json"} if method == "post" and address.is_api else {}
    for role, user in world.ours.people.items():
        response = getattr(world.browser_of(user), method)(path, **kind)
        assert response.status_code in REFUSED, f"{role} got {response.status_code}"
        assert not world.theirs.said_in(text_of(response)) - {path.split("/")[-2]}
    for somebody in (world.staff, None):
        response = getattr(world.browser_of(somebody), method)(path)
        assert response.status_code in MOVED | REFUSED

    assert world.theirs.everything() == world.theirs_at_first


@pytest.mark.parametrize("address", ROWS, ids=named)
def test_an_own_row_is_found_by_the_owner(address: Address, world: World) -> None:
    """Else the test above would pass for an address that finds nothing at all."""
    client = world.browser_of(world.ours.people[Role.OWNER])

    response = client.get(address.path(**{n: world.ours.row(n).pk for n in address.names}))

    assert response.status_code in {200, 302, 405}


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("address", PLAIN, ids=named)
def test_a_page_speaks_of_its_own_clinic_alone(address: Address, method: str, world: World) -> None:
    for user in [*world.ours.people.values(), world.staff, None]:
        response = getattr(world.browser_of(user), method)(address.path())
        assert response.status_code < 500 or address.route.startswith("health/")
        # A page of the admin's own shows the platform's staff all clinics.
        if user != world.staff or address.access != "staff":
            assert not world.theirs.said_in(text_of(response))
        if user is None and address.is_api:
            assert response.status_code == 401
        elif user is None and not address.is_public:
            assert response.status_code in MOVED
            assert response["Location"].startswith(reverse("account_login"))

    assert world.theirs.everything() == world.theirs_at_first


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "address", [a for a in OURS if "token" in a.names], ids=lambda address: address.route
)
def test_a_guessed_token_tells_nothing(
    address: Address, method: str, world: World, client: Client
) -> None:
    response = getattr(client, method)(address.path(token="a-guess"))

    assert 400 <= response.status_code < 500
    said = response.content.decode()
    assert not world.theirs.said_in(said) | world.ours.said_in(said)


def test_borrowed_pages_tell_members_nothing_of_others(world: World) -> None:
    """allauth's pages and the admin: no clinic's words for anyone but the platform's staff."""
    wrong = []
    owner = world.ours.people[Role.OWNER]
    for user in [*world.ours.people.values(), None]:
        for address in OTHERS:
            # The admin asks who is of the staff, and never for a role: one member stands for all.
            if address.is_a_pattern or (address.route.startswith("admin/") and user != owner):
                continue
            path = address.path(**dict.fromkeys(address.names, 1))
            response = world.browser_of(user).get(path)
            is_open = path.startswith("/admin/") and response.status_code not in MOVED | REFUSED
            said = world.theirs.said_in(text_of(response))
            if response.status_code >= 500 or is_open or said:
                wrong.append((user, path, response.status_code, said))
    assert not wrong
