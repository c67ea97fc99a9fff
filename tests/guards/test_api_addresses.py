"""Calls every operation of the API with keys and people that must be refused.

The sessions of members are tried together with the pages, in test_addresses.py.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from core.api.requirements import Requirement, find_requirement
from core.api.scopes import all_scopes
from integrations.models import ApiKey
from tests.core.api.calling import words_of
from tests.factories import ApiKeyFactory
from tests.guards import addresses
from tests.guards.addresses import Address
from tests.guards.clinic import Clinic, build
from tests.guards.test_addresses import text_of
from workspaces.access import ROLES, Can, may
from workspaces.models import Role


@dataclass(frozen=True)
class Call:
    address: Address
    method: str
    requirement: Requirement

    def by(self, key: ApiKey | None, clinic: Clinic | None = None) -> Any:
        """Call with this key, with ids of that clinic's rows in the URL or with unknown ids."""
        ids = {name: clinic.row(name).pk if clinic else uuid4() for name in self.address.names}
        headers = {"Authorization": f"Bearer {words_of(key)}"} if key else {}
        return Client(headers=headers).generic(
            self.method, self.address.path(**ids), "{}", content_type="application/json"
        )


@dataclass(frozen=True)
class World:
    ours: Clinic
    theirs: Clinic
    key: ApiKey
    theirs_before: dict[str, str | None]


CALLS = [
    Call(address, method, requirement)
    for address in addresses.ours()
    if address.is_api
    for method in ("GET", "POST", "PATCH", "PUT", "DELETE")
    if (requirement := find_requirement(address.view.cls, method))  # type: ignore[attr-defined]
]


@contextmanager
def rolled_back() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with django_db_blocker.unblock(), rolled_back():
        ours, theirs = build(), build()
        owner = ours.people[Role.OWNER]
        key = ApiKeyFactory.create(workspace=ours.workspace, made_by=owner)
        yield World(ours, theirs, key, theirs.everything())


@pytest.fixture(autouse=True)
def _roll_back_each_test(world: World) -> Iterator[None]:
    with rolled_back():
        yield


def named(call: Call) -> str:
    return f"{call.method} {call.address.route}"


def test_walk_finds_the_operations() -> None:
    assert len(CALLS) > 40


def test_every_method_of_a_view_says_what_it_requires() -> None:
    for view in {address.view.cls for address in addresses.ours() if address.is_api}:  # type: ignore[attr-defined]
        methods = [name for name in view.http_method_names if hasattr(view, name)]
        assert methods
        for method in methods:
            assert find_requirement(view, method.upper()), f"{view.__name__}.{method}"


def test_every_post_honours_the_idempotency_key() -> None:
    for call in CALLS:
        if call.method == "POST":
            assert call.address.view.cls.post.is_idempotent  # type: ignore[attr-defined]


def test_writes_need_a_write_scope() -> None:
    for call in CALLS:
        scope = call.requirement.scope or "workspace:read"
        assert scope.endswith(":read" if call.method == "GET" else ":write"), named(call)


@pytest.mark.parametrize("call", CALLS, ids=named)
def test_key_without_the_scope_is_refused(call: Call, world: World) -> None:
    if call.requirement.scope is None:
        pytest.skip("needs none")
    others = [scope for scope in all_scopes() if scope != call.requirement.scope]
    key = ApiKeyFactory.create(
        workspace=world.ours.workspace, made_by=world.key.made_by, scopes=others
    )

    answer = call.by(key, world.ours)

    assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing")


@pytest.mark.parametrize("call", CALLS, ids=named)
def test_revoked_key_and_missing_key_are_refused(call: Call, world: World) -> None:
    revoked = ApiKeyFactory.create(
        workspace=world.ours.workspace, made_by=world.key.made_by, revoked_at=timezone.now()
    )

    assert call.by(revoked, world.ours).status_code == 401
    assert call.by(None, world.ours).status_code == 401


@pytest.mark.parametrize("call", CALLS, ids=named)
def test_role_without_the_permission_is_refused(call: Call, world: World) -> None:
    """By session, because everybody who may make keys has every other permission."""
    permission = call.requirement.permission
    weak = [role for role in ROLES if permission and permission not in ROLES[role]]
    for role in weak:
        user = world.ours.people[role]
        assert permission
        assert not may(user, Can(permission))
        client = Client()
        client.force_login(user)
        ids = {name: world.ours.row(name).pk for name in call.address.names}
        answer = client.generic(
            call.method, call.address.path(**ids), "{}", content_type="application/json"
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "role_too_weak")


@pytest.mark.parametrize("call", CALLS, ids=named)
def test_rows_of_another_clinic_are_neither_shown_nor_changed(call: Call, world: World) -> None:
    answer = call.by(world.key, world.theirs if call.address.names else None)

    if call.address.names:
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert answer.status_code < 500
    assert not world.theirs.said_in(text_of(answer))
    assert world.theirs.everything() == world.theirs_before


@pytest.mark.parametrize("call", [c for c in CALLS if c.address.names], ids=named)
def test_own_row_is_found(call: Call, world: World) -> None:
    """Otherwise the test above would pass for a view that finds nothing at all."""
    assert call.by(world.key, world.ours).status_code not in {401, 403, 404, 405, 500}
