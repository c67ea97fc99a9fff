"""Requests that are made to break something, or to get more than was asked for."""

import json

import pytest

from tests.core.api.calling import ApiClient, problem_codes
from tests.factories import PatientFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("depth", [100, 900, 1_100, 100_000])
@pytest.mark.parametrize("opening", ['{"name":', "["])
def test_deeply_nested_json_is_refused(api_client: ApiClient, depth: int, opening: str) -> None:
    closing = "}" if opening.startswith("{") else "]"
    body = opening * depth + "1" + closing * depth

    answer = api_client.client.post("/api/v1/patients/", body, content_type="application/json")

    assert problem_codes(answer)[0] == 400


def test_deeply_nested_value_of_a_field_is_refused(api_client: ApiClient) -> None:
    value = "[" * 900 + "]" * 900
    body = json.dumps({"name": "VALUE"}).replace('"VALUE"', value)

    answer = api_client.client.post("/api/v1/patients/", body, content_type="application/json")

    assert problem_codes(answer)[0] == 400


@pytest.mark.parametrize("query", ["campaign_id=", "phone=", "state=%20", "limit=", "cursor="])
def test_empty_parameter_is_refused_and_does_not_mean_everything(
    api_client: ApiClient, query: str
) -> None:
    PatientFactory.create(workspace=api_client.workspace)

    status, code, mistakes = problem_codes(api_client.get(f"patients/?{query}"))

    name = query.partition("=")[0]
    assert (status, code) == (400, "invalid")
    assert (name, "blank") in mistakes
