"""Try every operation of the API with keys and roles that may not use it.

`test_addresses` tries the API with the sessions of members.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from core.api.requirements import Requirement, find_requirement
from core.api.scopes import all_scopes
from integrations.models import ApiKey
from tests.core.api.calling import token_of
from tests.factories import ApiKeyFactory, UserFactory
from tests.guards import addresses
from tests.guards.addresses import Address
from tests.guards.clinic import FilledClinic, create_filled_clinic, rolled_back
from tests.guards.test_addresses import text_of
from workspaces.access import ROLES, Can, may
from workspaces.models import Role


@dataclass(frozen=True)
class Call:
    address: Address
    method: str
    requirement: Requirement

    def send(self, key: ApiKey | None, clinic: FilledClinic | None = None) -> Any:
        """Call it with rows of that clinic in the URL, or with ids that do not exist."""
        ids = {name: clinic.row(name).pk if clinic else uuid4() for name in self.address.names}
        headers = {"Authorization": f"Bearer {token_of(key)}"} if key else {}
        return Client(headers=headers).generic(
            self.method, self.address.path(**ids), "{}", content_type="application/json"
        )


@dataclass(frozen=True)
class TwoClinicsWithKey:
    ours: FilledClinic
    theirs: FilledClinic
    key: ApiKey
    digests_before: dict[str, str | None]


CALLS = [
    Call(address, method, requirement)
    for address in addresses.ours()
    if address.is_api
    for method in ("GET", "POST", "PATCH", "PUT", "DELETE")
    if (requirement := find_requirement(address.view.cls, method))  # type: ignore[attr-defined]
]


@pytest.fixture(scope="module")
def clinics(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[TwoClinicsWithKey]:
    with django_db_blocker.unblock(), rolled_back():
        ours, theirs = create_filled_clinic(), create_filled_clinic()
        owner = ours.people[Role.OWNER]
        key = ApiKeyFactory.create(workspace=ours.workspace, made_by=owner)
        yield TwoClinicsWithKey(ours, theirs, key, theirs.digests())


@pytest.fixture(autouse=True)
def _roll_back(clinics: TwoClinicsWithKey) -> Iterator[None]:
    with rolled_back():
        yield


def operation_name(call: Call) -> str:
    return f"{call.method} {call.address.route}"


def test_operations_are_found() -> None:
    assert len(CALLS) > 40


def test_every_method_of_a_view_says_what_it_requires() -> None:
    for view in {address.view.cls for address in addresses.ours() if address.is_api}:  # type: ignore[attr-defined]
        methods = [name for name in view.http_method_names if hasattr(view, name)]
        assert methods
        for method in methods:
            assert find_requirement(view, method.upper()), f"{view.__name__}.{method}"


def test_every_post_supports_an_idempotency_key() -> None:
    for call in CALLS:
        if call.method == "POST":
            assert call.address.view.cls.post.is_idempotent  # type: ignore[attr-defined]


def test_every_write_needs_a_write_scope() -> None:
    for call in CALLS:
        scope = call.requirement.scope or "workspace:read"
        assert scope.endswith(":read" if call.method == "GET" else ":write"), operation_name(call)


@pytest.mark.parametrize("call", CALLS, ids=operation_name)
def test_key_without_the_scope_is_refused(call: Call, clinics: TwoClinicsWithKey) -> None:
    if call.requirement.scope is None:
        pytest.skip("needs no scope")
    others = [scope for scope in all_scopes() if scope != call.requirement.scope]
    key = ApiKeyFactory.create(
        workspace=clinics.ours.workspace, made_by=clinics.key.made_by, scopes=others
    )

    response = call.send(key, clinics.ours)

    assert (response.status_code, response.json()["code"]) == (403, "scope_missing")


@pytest.mark.parametrize("call", CALLS, ids=operation_name)
def test_revoked_and_missing_keys_are_refused(call: Call, clinics: TwoClinicsWithKey) -> None:
    revoked = ApiKeyFactory.create(
        workspace=clinics.ours.workspace, made_by=clinics.key.made_by, revoked_at=timezone.now()
    )

    assert call.send(revoked, clinics.ours).status_code == 401
    assert call.send(None, clinics.ours).status_code == 401


@pytest.mark.parametrize("call", CALLS, ids=operation_name)
def test_role_without_the_permission_is_refused(call: Call, clinics: TwoClinicsWithKey) -> None:
    """By session, because these roles may make no keys."""
    permission = call.requirement.permission
    weak_roles = [role for role in ROLES if permission and permission not in ROLES[role]]
    for role in weak_roles:
        user = clinics.ours.people[role]
        assert permission
        assert not may(user, Can(permission))
        client = Client()
        client.force_login(user)
        ids = {name: clinics.ours.row(name).pk for name in call.address.names}
        response = client.generic(
            call.method, call.address.path(**ids), "{}", content_type="application/json"
        )
        assert (response.status_code, response.json()["code"]) == (403, "role_too_weak")


@pytest.mark.parametrize("call", CALLS, ids=operation_name)
def test_owner_without_the_permission_is_refused(call: Call, clinics: TwoClinicsWithKey) -> None:
    """By key: it may no more than its maker, whatever its scopes say."""
    if not call.requirement.permission or call.requirement.permission == Can.MANAGE_KEYS:
        pytest.skip("needs no permission, or the one without which a key stops")
    maker = UserFactory.create(
        workspace=clinics.ours.workspace, withheld=[str(call.requirement.permission)]
    )
    key = ApiKeyFactory.create(workspace=clinics.ours.workspace, made_by=maker)

    response = call.send(key, clinics.ours)

    assert (response.status_code, response.json()["code"]) == (403, "role_too_weak")


@pytest.mark.parametrize("call", CALLS, ids=operation_name)
def test_rows_of_another_clinic_are_neither_shown_nor_changed(
    call: Call, clinics: TwoClinicsWithKey
) -> None:
    response = call.send(clinics.key, clinics.theirs if call.address.names else None)

    if call.address.names:
        assert (response.status_code, response.json()["code"]) == (404, "not_found")
    assert response.status_code < 500
    assert not clinics.theirs.leaked_words(text_of(response))
    assert clinics.theirs.digests() == clinics.digests_before


@pytest.mark.parametrize("call", [c for c in CALLS if c.address.names], ids=operation_name)
def test_own_row_is_found(call: Call, clinics: TwoClinicsWithKey) -> None:
    """Otherwise the test above would also pass for a view that never finds anything."""
    assert call.send(clinics.key, clinics.ours).status_code not in {401, 403, 404, 405, 500}
