import http.client
import json
import time
from collections.abc import Mapping

import pytest
import requests

from dev.doubles.google.faults import Faults, Trouble
from tests.dev.doubles.google.client import LOCATION, ApiClient
from tests.dev.doubles.google.stage import GoogleDouble

Cut = requests.exceptions.ConnectionError


def test_quota_of_0_refuses_everything_with_the_limit(google: GoogleDouble, api: ApiClient) -> None:
    google.set_faults(quota=0)
    answer = api.call("GET", "v1/accounts")
    error = answer.json()["error"]
    assert (answer.status_code, error["status"]) == (429, "RESOURCE_EXHAUSTED")
    assert error["details"][0]["reason"] == "RATE_LIMIT_EXCEEDED"
    metadata = error["details"][0]["metadata"]
    assert metadata["quota_limit_value"] == "0"
    assert metadata["service"] == "mybusinessaccountmanagement.googleapis.com"


def test_quota_is_of_each_api_and_minute(google: GoogleDouble, api: ApiClient) -> None:
    google.set_faults(quota=2)
    statuses = [api.call("GET", f"{LOCATION}/reviews").status_code for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert api.call("GET", "v1/accounts").ok
    google.advance(60)
    assert api.call("GET", f"{LOCATION}/reviews").ok


@pytest.mark.parametrize(
    ("knob", "refusal"),
    [
        ("rate_429", (429, "RESOURCE_EXHAUSTED")),
        ("rate_403", (403, "PERMISSION_DENIED")),
        ("rate_500", (500, "INTERNAL")),
        ("rate_503", (503, "UNAVAILABLE")),
    ],
)
def test_fault_has_the_error_of_google(
    google: GoogleDouble, api: ApiClient, knob: str, refusal: tuple[int, str]
) -> None:
    google.set_faults(**{knob: 1})
    assert api.refusal("GET", f"{LOCATION}/reviews") == refusal


@pytest.mark.parametrize("recorded", [0, 1])
def test_server_error_carries_out_the_reply_or_not(
    google: GoogleDouble, api: ApiClient, recorded: int
) -> None:
    name = google.add_review()
    google.set_faults(rate_503=1, recorded_share=recorded)
    assert api.call("PUT", f"v4/{name}/reply", {"comment": "Gracias."}).status_code == 503
    assert len(google.replies()) == recorded


def test_reply_with_dropped_answer_is_carried_out(google: GoogleDouble, api: ApiClient) -> None:
    name = google.add_review()
    google.set_faults(rate_drop=1)
    with pytest.raises(Cut):
        api.call("PUT", f"v4/{name}/reply", {"comment": "Gracias."})
    assert [write["comment"] for write in google.replies()] == ["Gracias."]


def test_reset_connection_carries_out_nothing(google: GoogleDouble, api: ApiClient) -> None:
    name = google.add_review()
    google.set_faults(rate_reset=1)
    with pytest.raises(Cut):
        api.call("PUT", f"v4/{name}/reply", {"comment": "Gracias."})
    assert google.replies() == []


def test_latency_delays_every_answer(google: GoogleDouble, api: ApiClient) -> None:
    google.set_faults(latency_ms=100, jitter_ms=20)
    begun = time.monotonic()
    assert api.call("GET", "v1/accounts").ok
    assert time.monotonic() - begun >= 0.1


def test_requests_are_counted_by_path_and_answer(google: GoogleDouble, api: ApiClient) -> None:
    google.clear_counts()
    for _ in range(3):
        api.get(f"{LOCATION}/reviews")
    api.call("GET", "v4/accounts/202/locations/21/reviews")
    counts = google.counts()
    path = "GET /v4/accounts/{account}/locations/{location}/reviews"
    assert counts["requests"] == {path: 4}
    assert (counts["total"], counts["answers"]) == (4, {"200": 3, "403": 1})
    assert counts["busiest_minute"]["mybusiness.googleapis.com"] in {2, 3, 4}


@pytest.mark.parametrize("authorization", ["", "Bearer wrong", "Basic eDp5"])
def test_request_without_valid_token_is_unauthenticated(
    google: GoogleDouble, authorization: str
) -> None:
    headers = {"Authorization": authorization}
    answer = requests.get(f"{google.url}/v1/accounts", headers=headers, timeout=5)
    assert answer.status_code == 401
    assert answer.json()["error"]["status"] == "UNAUTHENTICATED"


def test_unknown_path_is_not_found(api: ApiClient) -> None:
    assert api.refusal("GET", "v4/accounts/101/questions") == (404, "NOT_FOUND")


@pytest.mark.parametrize("body", ["{", "[]", "5"])
def test_invalid_json_is_refused(google: GoogleDouble, api: ApiClient, body: str) -> None:
    name = google.add_review()
    answer = api.session.put(f"{google.url}/v4/{name}/reply", data=body, timeout=5)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "wrong", [{"rate_429": 1.5}, {"rate_429": True}, {"quota": -1}, {"rate_of_luck": 1}]
)
def test_invalid_fault_is_refused_with_a_message(
    google: GoogleDouble, wrong: Mapping[str, object]
) -> None:
    connection = http.client.HTTPConnection(google.url.removeprefix("http://"), timeout=5)
    try:
        connection.request("PUT", "/control/faults", body=json.dumps(wrong))
        answer = connection.getresponse()
        assert answer.status == 400
        assert json.loads(answer.read())["error"]
    finally:
        connection.close()


def test_same_seed_gives_same_faults() -> None:
    def fates(seed: int) -> list[object]:
        trouble = Trouble(Faults(seed=seed, rate_429=0.2, rate_500=0.2, rate_drop=0.2))
        return [trouble.choose_fate() for _ in range(50)]

    assert fates(1) == fates(1)
    assert fates(1) != fates(2)
