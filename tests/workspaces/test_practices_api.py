"""What holds for every resource, tried on practices."""

import json
from uuid import uuid4

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import override_settings

from core import idempotency_records, tenancy
from core.models import IdempotencyRecord
from tests.core.api.calling import ApiClient, problem_codes
from tests.factories import CampaignFactory, PracticeFactory, UserFactory
from workspaces.models import Practice

pytestmark = pytest.mark.django_db


def names(api_client: ApiClient) -> list[str]:
    with tenancy.within(api_client.workspace.pk):
        return sorted(api_client.workspace.practices.values_list("name", flat=True))


def test_list_is_paginated(api_client: ApiClient) -> None:
    practices = PracticeFactory.create_batch(5, workspace=api_client.workspace)
    PracticeFactory.create()

    ids, path = [], "practices/?limit=2&country=EC"
    while path:
        result = api_client.get(path).json()
        assert len(result["results"]) <= 2
        ids += [row["id"] for row in result["results"]]
        path = (result["next"] or "").partition("/api/v1/")[2]

    assert ids == [str(practice.pk) for practice in reversed(practices)]


@pytest.mark.parametrize(
    ("query", "mistakes"),
    [
        ("limit=0", [("limit", "invalid")]),
        ("limit=many", [("limit", "invalid")]),
        ("limit=²", [("limit", "invalid")]),
        ("cursor=nowhere", [("cursor", "invalid")]),
        ("cursor=%00", [("cursor", "invalid")]),
        ("cursor=cD1ub3doZXJl", [("cursor", "invalid")]),  # p=nowhere
        ("country=XX", [("country", "invalid_choice")]),
        ("colour=red&size=2", [("colour", "unknown"), ("size", "unknown")]),
        ("country=XX&limit=0", [("limit", "invalid"), ("country", "invalid_choice")]),
        (
            "colour=red&country=XX&limit=0",
            [("limit", "invalid"), ("country", "invalid_choice"), ("colour", "unknown")],
        ),
    ],
)
def test_wrong_query_is_refused_with_all_errors(
    api_client: ApiClient, query: str, mistakes: list[tuple[str, str]]
) -> None:
    assert problem_codes(api_client.get(f"practices/?{query}")) == (400, "invalid", mistakes)


def test_practice_is_created_changed_and_removed(api_client: ApiClient) -> None:
    added = api_client.post("practices/", {"name": "Centro", "phone": "099 123 4567"})
    path = added["Location"].partition("/api/v1/")[2]

    assert added.status_code == 201
    assert added.json()["phone"] == "+593991234567"
    assert api_client.get(path).json() == added.json()
    changed = api_client.patch(path, {"window_end": "18:30"}).json()
    assert changed == added.json() | {
        "window_end": "18:30:00",
        "updated_at": changed["updated_at"],
    }
    assert api_client.delete(path).status_code == 204
    assert api_client.get(path).status_code == 404


def test_google_link_is_kept_when_other_fields_change(
    api_client: ApiClient,
) -> None:
    added = api_client.post(
        "practices/", {"name": "Centro", "google_place_id": "https://g.page/r/CVLKMhvN362OEBM"}
    )
    path = added["Location"].partition("/api/v1/")[2]
    link = "https://g.page/r/CVLKMhvN362OEBM/review"
    assert (added.json()["google_place_id"], added.json()["google_review_link"]) == ("", link)

    assert api_client.patch(path, {"city": "Loja"}).json()["google_review_link"] == link
    place = "ChIJN1t_tDeuEmsRUsoyG83frY4"
    changed = api_client.patch(path, {"google_place_id": place}).json()
    assert (changed["google_place_id"], changed["google_review_link"]) == (place, "")


@pytest.mark.parametrize(
    ("body", "mistakes"),
    [
        ({}, [("name", "required")]),
        ({"name": "  "}, [("name", "blank")]),
        ({"name": "x" * 121}, [("name", "max_length")]),
        ({"name": "a\0b"}, [("name", "null_characters_not_allowed")]),
        ({"name": 7, "country": True}, [("name", "invalid"), ("country", "invalid_choice")]),
        ({"name": ["Centro"]}, [("name", "invalid")]),
        ({"name": "X", "colour": "red", "id": "1"}, [("colour", "unknown"), ("id", "unknown")]),
        ({"name": "Centro", "phone": "12"}, [("phone", "invalid")]),
        (
            {"name": "Centro", "google_place_id": "https://example.com/"},
            [("google_place_id", "invalid")],
        ),
        ({"name": "Centro", "timezone": "Mars/Base"}, [("timezone", "invalid_choice")]),
        ({"name": "Centro", "window_start": "25:00"}, [("window_start", "invalid")]),
        ({"colour": "red", "name": 7, "phone": "12", "window_start": "25:00"},
         [("name", "invalid"), ("colour", "unknown"), ("window_start", "invalid"),
          ("phone", "invalid")]),
        ({"colour": "red"}, [("name", "required"), ("colour", "unknown")]),
        (["Centro"], [("", "invalid")]),
        (None, [("name", "required")]),
    ],
)  # fmt: skip
def test_wrong_body_is_refused_by_field_and_rule(
    api_client: ApiClient, body: object, mistakes: list[tuple[str, str]]
) -> None:
    assert problem_codes(api_client.post("practices/", body)) == (400, "invalid", mistakes)
    assert names(api_client) == []


@pytest.mark.parametrize("content", ["{", "nul", '{"name": NaN}', "\xff", '"\\ud800"'])
def test_invalid_json_is_refused(api_client: ApiClient, content: str) -> None:
    answer = api_client.client.generic(
        "POST",
        "/api/v1/practices/",
        content.encode("latin-1"),
        content_type="application/json",
    )

    assert problem_codes(answer)[0] == 400


def test_form_content_is_refused(api_client: ApiClient) -> None:
    answer = api_client.client.post("/api/v1/practices/", {"name": "Centro"})

    assert problem_codes(answer)[:2] == (415, "media_type")


def test_large_body_is_refused(api_client: ApiClient) -> None:
    answer = api_client.post("practices/", {"name": "x" * 5 * 1024**2})

    assert problem_codes(answer)[:2] == (413, "too_large")


def test_unknown_method_is_refused_with_the_allowed_ones(api_client: ApiClient) -> None:
    answer = api_client.send("put", "practices/", {})

    assert problem_codes(answer)[:2] == (405, "method_not_allowed")
    assert answer["Allow"] == "GET, HEAD, POST"


def test_unknown_address_is_a_problem_document(api_client: ApiClient) -> None:
    assert problem_codes(api_client.get("nowhere/"))[:2] == (404, "not_found")
    assert problem_codes(api_client.get(f"practices/{uuid4()}/"))[:2] == (404, "not_found")
    assert problem_codes(api_client.post("practices", {"name": "Centro"}))[:2] == (404, "not_found")


def test_practice_with_campaigns_cannot_be_removed(api_client: ApiClient) -> None:
    campaign = CampaignFactory.create(workspace=api_client.workspace)

    answer = api_client.delete(f"practices/{campaign.practice_id}/")

    assert problem_codes(answer)[:2] == (409, "conflict")
    assert "stays on record" in answer.json()["detail"] or "registr" in answer.json()["detail"]


def test_known_etag_is_answered_with_not_modified(api_client: ApiClient) -> None:
    path = f"practices/{PracticeFactory.create(workspace=api_client.workspace).pk}/"
    tag = api_client.get(path)["ETag"]

    assert api_client.get(path, headers={"If-None-Match": f'"other", W/{tag}'}).status_code == 304
    api_client.patch(path, {"city": "Quito"})
    assert api_client.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_write_with_a_stale_etag_is_refused(api_client: ApiClient) -> None:
    path = f"practices/{PracticeFactory.create(workspace=api_client.workspace).pk}/"
    tag = api_client.get(path)["ETag"]

    first = api_client.patch(path, {"city": "Quito"}, if_match=tag)
    second = api_client.patch(path, {"city": "Loja"}, if_match=tag)

    assert first.status_code == 200
    assert problem_codes(second)[:2] == (412, "changed_meanwhile")
    assert api_client.get(path).json()["city"] == "Quito"
    assert problem_codes(api_client.delete(path, if_match=tag))[0] == 412


def test_repeated_request_with_the_same_key_is_run_once(api_client: ApiClient) -> None:
    body = {"name": "Centro"}

    first = api_client.post("practices/", body, idempotency_key="a1")
    again = api_client.post("practices/", body, idempotency_key="a1")

    assert (again.status_code, again.content) == (201, first.content)
    assert (again["ETag"], again["Location"]) == (first["ETag"], first["Location"])
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert names(api_client) == ["Centro"]


def test_refusal_is_replayed_for_the_same_key(api_client: ApiClient) -> None:
    body = {"name": "Centro", "phone": "12"}

    first = api_client.post("practices/", body, idempotency_key="a1")
    again = api_client.post("practices/", body, idempotency_key="a1")

    assert problem_codes(again) == problem_codes(first)
    assert again["Idempotency-Replayed"] == "true"


def test_key_of_another_request_is_refused(api_client: ApiClient) -> None:
    api_client.post("practices/", {"name": "Centro"}, idempotency_key="a1")

    answer = api_client.post("practices/", {"name": "Norte"}, idempotency_key="a1")

    assert problem_codes(answer)[:2] == (422, "key_reused")
    assert ApiClient().post("practices/", {"name": "X"}, idempotency_key="a1").status_code == 201


def test_repeated_request_is_refused_while_the_first_runs(api_client: ApiClient) -> None:
    """The lock of the first request is held on another connection."""
    first = connections.create_connection("default")
    with first.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"once {api_client.key.pk} a1"]
        )
        answer = api_client.post("practices/", {"name": "Centro"}, idempotency_key="a1")
    first.close()

    assert problem_codes(answer)[:2] == (409, "still_running")
    assert (
        api_client.post("practices/", {"name": "Centro"}, idempotency_key="a1").status_code == 201
    )


def test_key_can_be_used_again_after_a_day(api_client: ApiClient) -> None:
    api_client.post("practices/", {"name": "Centro"}, idempotency_key="a1")
    with tenancy.platform("test"):
        IdempotencyRecord.objects.update(created_at="2020-01-01T00:00Z")

    again = api_client.post("practices/", {"name": "Norte"}, idempotency_key="a1")

    assert again.status_code == 201
    assert names(api_client) == ["Centro", "Norte"]


def test_records_older_than_a_day_are_deleted(api_client: ApiClient) -> None:
    api_client.post("practices/", {"name": "Centro"}, idempotency_key="a1")
    with tenancy.platform("test"):
        IdempotencyRecord.objects.update(created_at="2020-01-01T00:00Z")
    api_client.post("practices/", {"name": "Norte"}, idempotency_key="a2")

    assert idempotency_records.delete_old() == 1


@pytest.mark.parametrize("key", ["x" * 256, "ñ\t"])
def test_key_that_is_too_long_or_unprintable_is_refused(api_client: ApiClient, key: str) -> None:
    answer = api_client.post("practices/", {"name": "Centro"}, idempotency_key=key)

    assert problem_codes(answer)[0] == 400


def test_member_calls_with_a_session_and_a_csrf_token() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(UserFactory.create())

    assert client.get("/api/v1/practices/").status_code == 200
    answer = client.post(
        "/api/v1/practices/", json.dumps({"name": "Centro"}), content_type="application/json"
    )
    assert problem_codes(answer)[:2] == (403, "csrf_failed")


@override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=10)
def test_large_body_with_an_idempotency_key_is_refused(api_client: ApiClient) -> None:
    answer = api_client.post("practices/", {"name": "Centro"}, idempotency_key="a1")

    assert problem_codes(answer)[0] == 413


def test_practice_of_another_clinic_is_not_found(api_client: ApiClient) -> None:
    theirs = PracticeFactory.create()

    for method in ("get", "patch", "delete"):
        assert api_client.send(method, f"practices/{theirs.pk}/", {}).status_code == 404
    with tenancy.platform("test"):
        assert Practice.objects.filter(pk=theirs.pk).exists()
