"""The OpenAPI document is current, and every answer of a real server matches it."""

import json
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import drf_spectacular.validation
import jsonschema_rs
import pytest
import requests
import schemathesis
import yaml
from django.core.management import call_command
from django.test.utils import override_settings
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pytest_django.live_server_helper import LiveServer
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.core.api.calling import token_of
from tests.factories import ApiKeyFactory
from tests.guards.clinic import FilledClinic, create_filled_clinic
from workspaces.api import docs_pages
from workspaces.models import Role

COMMITTED = Path(__file__).parents[3] / "docs" / "openapi.yaml"
OPTIONS = ("--lang", "en", "--fail-on-warn")
# How many valid, and how many invalid, calls each operation gets. `make test-long` makes more.
EXAMPLES = int(os.environ.get("API_EXAMPLES", "1"))
TIMEOUT_SECONDS = 60
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def test_committed_openapi_document_is_current(tmp_path: Path) -> None:
    current = tmp_path / "openapi.yaml"

    call_command("spectacular", *OPTIONS, "--file", str(current))

    command = f"manage.py spectacular {' '.join(OPTIONS)} --validate --file docs/openapi.yaml"
    assert current.read_text() == COMMITTED.read_text(), command


@pytest.fixture(scope="module")
def committed() -> dict[str, Any]:
    read: dict[str, Any] = yaml.load(COMMITTED.read_text(), Loader=yaml.CSafeLoader)
    return read


def test_committed_document_is_valid_openapi(committed: dict[str, Any]) -> None:
    """The same check as `spectacular --validate`, in a tenth of the time."""
    major, minor, _ = committed["openapi"].split(".")
    place = Path(drf_spectacular.validation.__file__)
    specification = place.with_name(f"openapi_{major}_{minor}_schema.json").read_text()

    jsonschema_rs.validator_for(json.loads(specification)).validate(committed)


def test_page_serves_the_same_document(committed: dict[str, Any]) -> None:
    assert json.loads(docs_pages.build_document())["paths"].keys() == committed["paths"].keys()


@pytest.fixture
def clinic(transactional_db: None) -> FilledClinic:
    return create_filled_clinic()


@override_settings(API_RATE=10**6)
def test_every_answer_matches_the_document(
    live_server: LiveServer, clinic: FilledClinic, committed: dict[str, Any]
) -> None:
    """Send generated requests, valid and invalid ones, to a real server."""
    key = ApiKeyFactory.create(workspace=clinic.workspace, made_by=clinic.people[Role.OWNER])
    headers = {"Authorization": f"Bearer {token_of(key)}"}
    schema = schemathesis.openapi.from_dict(committed)
    statuses = Counter[int]()
    with requests.Session() as session:
        for result in schema.get_all_operations():
            assert isinstance(result, Ok)
            operation = result.ok()
            own = {
                parameter.name: str(clinic.row(parameter.name.removesuffix("_")).pk)
                for parameter in operation.path_parameters
            }

            def send(case: Any) -> None:
                _use_own_rows(case, clinic)
                response = case.call(
                    base_url=live_server.url,
                    session=session,
                    headers=headers,
                    timeout=TIMEOUT_SECONDS,
                )
                statuses[response.status_code] += 1
                case.validate_response(response, checks=CHECKS)

            _run_examples(operation.as_strategy(GenerationMode.POSITIVE, path_parameters=own), send)
            _run_examples(operation.as_strategy(GenerationMode.NEGATIVE), send)
    # Otherwise this would pass for a server that refuses everything.
    assert {200, 201, 204, 400, 404} <= statuses.keys()


def _run_examples(cases: st.SearchStrategy[Any], send: Callable[[Any], None]) -> None:
    run = settings(
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    run(given(cases)(send))()


def _use_own_rows(case: Any, clinic: FilledClinic) -> None:
    """Put ids of existing rows into the body, so that the request gets past the look-up."""
    if isinstance(case.body, dict):
        for name in case.body.keys() & {"campaign_id", "practice_id"}:
            case.body[name] = str(clinic.row(name.removesuffix("_id")).pk)
