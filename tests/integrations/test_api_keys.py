from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext, override_settings
from django.utils import timezone
from pytest_django import Settings

from core import tenancy
from core.errors import ProblemError
from core.models import AuditEvent
from integrations import api_keys
from integrations.api_keys import ApiKeyDetails
from integrations.models import ApiKey
from tests.core.api.calling import ApiClient, problem_codes, token_of
from tests.factories import ApiKeyFactory, UserFactory, WorkspaceFactory
from workspaces import team
from workspaces.models import Plan, Role, User, Workspace

pytestmark = pytest.mark.django_db


def call_with_token(words: str, **options: Any) -> Any:
    return Client(headers={"Authorization": f"Bearer {words}"}).get("/api/v1/me/", **options)


def create_key(owner: User, **fields: Any) -> tuple[ApiKey, str]:
    assert owner.workspace
    with tenancy.within(owner.workspace.pk):
        details = ApiKeyDetails(**({"name": "Agenda", "scopes": ["patients:read"]} | fields))
        return api_keys.create_api_key(workspace=owner.workspace, details=details, by=owner)


def test_new_key_authenticates_and_is_stored_as_a_digest() -> None:
    owner = UserFactory.create()

    key, words = create_key(owner)

    result = call_with_token(words).json()
    assert result["user"]["id"] == str(owner.pk)
    assert result["key"]["prefix"] in words
    assert result["key"]["scopes"] == ["patients:read"]
    assert words.rpartition("_")[2] not in str(vars(key))


def test_key_with_a_scope_that_no_app_declares_is_refused() -> None:
    owner = UserFactory.create()

    with pytest.raises(ValueError, match="patients:own"):
        create_key(owner, scopes=["patients:read", "patients:own"])


def test_creating_and_revoking_are_audited() -> None:
    owner = UserFactory.create()
    key, _words = create_key(owner)

    with tenancy.within(key.workspace_id):
        api_keys.revoke_api_key(key=key, by=owner)
        api_keys.revoke_api_key(key=key, by=owner)
        acts = list(AuditEvent.objects.order_by("pk").values_list("action", flat=True))

    assert acts == ["key.create", "key.revoke"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"revoked_at": timezone.now()}, "key_revoked"),
        ({"expires_at": timezone.now() - timedelta(seconds=1)}, "key_expired"),
        ({"made_by": None}, "key_orphaned"),
    ],
)
def test_key_that_has_ended_is_refused(fields: dict[str, Any], code: str) -> None:
    answer = call_with_token(token_of(ApiKeyFactory.create(**fields)))

    assert problem_codes(answer)[:2] == (401, code)
    assert answer["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "words",
    ["", "rm_", "rm__", "rm_nobody_secret", "rm_{prefix}_wrong", "rm_{prefix}_", "{prefix}",
     "xx_{prefix}_secret", "rm_\u0141_x"],
)  # fmt: skip
def test_wrong_token_is_refused(words: str) -> None:
    key = ApiKeyFactory.create()

    assert problem_codes(call_with_token(words.format(prefix=key.prefix)))[:2] == (
        401,
        "key_unknown",
    )


def test_call_without_a_key_is_refused() -> None:
    assert problem_codes(Client().get("/api/v1/me/"))[:2] == (401, "not_authenticated")


def test_session_does_not_help_a_wrong_key() -> None:
    client = Client(headers={"Authorization": "Bearer rm_a_b"})
    client.force_login(UserFactory.create())

    assert client.get("/api/v1/me/").status_code == 401


def test_call_with_a_key_asks_for_no_session(api_client: ApiClient) -> None:
    api_client.get("me/")

    with CaptureQueriesContext(connection) as queries:
        answer = api_client.get("me/")

    assert answer.status_code == 200
    assert [q["sql"] for q in queries.captured_queries if "session" in q["sql"]] == []


def test_session_of_another_clinic_beside_a_key_changes_nothing(api_client: ApiClient) -> None:
    api_client.client.force_login(UserFactory.create())

    answer = api_client.get("me/")

    assert answer.json()["workspace"]["id"] == str(api_client.workspace.pk)


def test_key_is_refused_after_its_maker_lost_the_role() -> None:
    owner = UserFactory.create()
    other = UserFactory.create(workspace=owner.workspace)
    key, words = create_key(owner)

    with tenancy.within(key.workspace_id):
        team.change_role(workspace=key.workspace, member=owner, role=Role.DOCTOR, by=other)

    assert problem_codes(call_with_token(words))[:2] == (401, "key_orphaned")


def test_key_is_refused_after_its_maker_left() -> None:
    owner = UserFactory.create()
    other = UserFactory.create(workspace=owner.workspace)
    key, words = create_key(owner)

    with tenancy.within(key.workspace_id):
        team.remove_member(workspace=key.workspace, member=owner, by=other)

    assert problem_codes(call_with_token(words))[:2] == (401, "key_orphaned")


def test_key_is_refused_without_the_plan(api_client: ApiClient) -> None:
    with tenancy.platform("test"):
        Workspace.objects.filter(pk=api_client.workspace.pk).update(plan=Plan.STARTER)

    assert problem_codes(api_client.get("me/"))[:2] == (403, "plan_too_small")


def test_plan_without_the_api_refuses_new_keys() -> None:
    owner = UserFactory.create(workspace=WorkspaceFactory.create(plan=Plan.FREE))

    with pytest.raises(ProblemError, match="API"):
        create_key(owner)


@pytest.mark.parametrize(
    ("allowed", "address", "status"),
    [
        (["203.0.113.0/24"], "203.0.113.9", 200),
        (["203.0.113.7"], "::ffff:203.0.113.7", 200),
        (["2001:db8::/32"], "2001:db8::1", 200),
        (["203.0.113.0/24"], "198.51.100.1", 403),
        (["203.0.113.0/24"], "", 403),
    ],
)
def test_key_is_refused_from_other_addresses(allowed: list[str], address: str, status: int) -> None:
    words = token_of(ApiKeyFactory.create(addresses=allowed))

    assert call_with_token(words, REMOTE_ADDR=address).status_code == status


def test_key_without_the_scope_is_refused() -> None:
    api_client = ApiClient(scopes=["messages:read"])

    answer = api_client.get("practices/")

    assert problem_codes(answer)[:2] == (403, "scope_missing")
    assert "practices:read" in answer.json()["detail"]


def test_use_is_recorded_once_a_minute(api_client: ApiClient) -> None:
    with CaptureQueriesContext(connection) as first:
        api_client.get("me/")
    with CaptureQueriesContext(connection) as second:
        api_client.get("me/")

    with tenancy.platform("test"):
        noted = ApiKey.objects.get(pk=api_client.key.pk).last_used_at
    assert noted is not None
    assert len(second) == len(first) - 1


@override_settings(API_RATE=2)
def test_too_many_calls_are_refused_with_retry_after(api_client: ApiClient) -> None:
    other = ApiClient()

    answers = [api_client.get("me/") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert problem_codes(answers[2])[1] == "too_many_requests"
    assert 1 <= int(answers[2]["Retry-After"]) <= 60
    assert other.get("me/").status_code == 200


@override_settings(API_RATE=2)
def test_refused_calls_count_as_well() -> None:
    api_client = ApiClient(scopes=["messages:read"])

    answers = [api_client.get("practices/") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [403, 403, 429]


def test_call_without_https_is_refused_and_not_redirected(settings: Settings) -> None:
    settings.HTTPS = settings.SECURE_SSL_REDIRECT = True
    _key, words = create_key(UserFactory.create())

    in_clear = call_with_token(words)

    assert (in_clear.status_code, in_clear.json()["code"]) == (403, "https_required")
    assert call_with_token(words, secure=True).status_code == 200


def test_page_without_https_is_redirected(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True

    redirected = Client().get("/api/docs/")

    assert redirected["Location"] == "https://testserver/api/docs/"
