"""The double as the demo runs it: a process that keeps its state in a file."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import jwt
import pytest
import requests

from config import embedded
from config.embedded.processes import shifted_clock
from dev.doubles.google.faults import KNOBS
from dev.doubles.google.server import Double
from dev.doubles.google.settings import Settings, read
from tests.dev.doubles.background import eventually
from tests.dev.doubles.google.browser import request_token
from tests.dev.doubles.google.client import ApiClient
from tests.dev.doubles.google.process import running_google
from tests.dev.doubles.google.stage import GoogleDouble

Process = subprocess.Popen[str]
DOCUMENT = (embedded.ROOT / "docs" / "google.md").read_text("utf-8")


@pytest.fixture
def start() -> Iterator[Callable[..., Process]]:
    started: list[Process] = []

    def start(**environment: str) -> Process:
        process = subprocess.Popen(
            [sys.executable, "-m", "dev.doubles.google"],
            cwd=embedded.ROOT,
            env={"PATH": os.environ["PATH"], "GOOGLE_PORT": "0", **shifted_clock(), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        with suppress(ProcessLookupError):
            process.kill()
        process.communicate()


def address(process: Process) -> str:
    assert process.stdout
    return "http://127.0.0.1:" + process.stdout.readline().rpartition(":")[2].strip()


def test_process_serves_and_stops_on_sigterm(start: Callable[..., Process]) -> None:
    double = start(DEMO="1", GOOGLE_QUOTA="0")
    assert requests.get(address(double), timeout=5).ok
    double.send_signal(signal.SIGTERM)
    assert double.wait(5) == 0
    assert double.communicate() == ("", "")


def test_process_can_be_controlled_by_tests() -> None:
    with running_google("--rate-429", "1") as google:
        assert google.environment()["GOOGLE_BASE_URL"] == google.url
        (location, _) = google.populate(locations=2, reviews=10)
        name = google.add_review(location=location)
        with ApiClient(google.url, google.grant()["access_token"]) as api:
            assert api.refusal("GET", f"v4/{name}") == (429, "RESOURCE_EXHAUSTED")
        assert google.counts()["reviews"] == 11


def test_used_port_is_a_clear_error(start: Callable[..., Process]) -> None:
    port = address(start(DEMO="1")).rpartition(":")[2]
    second = start(DEMO="1", GOOGLE_PORT=port)
    assert "GOOGLE_PORT" in second.communicate(timeout=10)[1]
    assert second.returncode == 1


@pytest.mark.parametrize(
    "environment", [{}, {"DEMO": "0"}, {"DEMO": "1", "SITE_URL": "https://clinic.example"}]
)
def test_double_refuses_to_start_in_production(environment: dict[str, str]) -> None:
    with pytest.raises(SystemExit, match="double"):
        read([], environment)


def test_options_override_the_environment() -> None:
    environment = {
        "DEMO": "true",
        "GOOGLE_PORT": "9000",
        "GOOGLE_RATE_429": "0.05",
        "GOOGLE_BUSINESS_TOPIC": "projects/x/topics/y",
        # The product's sign-in with Google has another client.
        "GOOGLE_CLIENT_ID": "sign-in",
    }
    settings = read(["--port", "9001"], environment)
    assert (settings.port, settings.faults.rate_429) == (9001, 0.05)
    assert settings.topic == "projects/x/topics/y"
    assert settings.client_id == Settings().client_id


def test_invalid_option_is_a_clear_error() -> None:
    with pytest.raises(SystemExit, match="rate_429 takes a number from 0 to 1"):
        read(["--i-am-a-test", "--rate-429", "5"], {})


def test_everything_is_kept_over_a_restart(tmp_path: Path) -> None:
    settings = replace(Settings(), state=tmp_path / "google.json")
    with GoogleDouble(settings) as google:
        name = google.add_review(stars=2, media=[{"thumbnail_url": "/static/photo.svg"}])
        google.change_location(google.unverified, lost="NOT_FOUND")
        google.listen_for_pushes()
        tokens, pushed, audience = google.grant(), google.push_token(), google.push_url
        before = google.control("GET", "reviews")
    with GoogleDouble(settings) as google:
        assert google.control("GET", "reviews") == before
        assert name.rpartition("/")[2] in google.state.reviews
        assert google.state.locations[google.unverified].lost == "NOT_FOUND"
        assert google.state.accounts[google.account].notification_types
        refresh = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]}
        assert request_token(google, **refresh).ok
        # The product has cached the keys, so they must not change.
        (key,) = requests.get(f"{google.url}/oauth2/v3/certs", timeout=5).json()["keys"]
        assert jwt.decode(pushed, jwt.PyJWK(key), ["RS256"], audience=audience)


def test_state_is_saved_before_a_crash(tmp_path: Path) -> None:
    kept = tmp_path / "google.json"
    with GoogleDouble(replace(Settings(), state=kept)) as google:
        google.add_review()
        eventually(lambda: kept.exists() and json.loads(kept.read_text())["reviews"])


def test_unreadable_state_file_starts_with_the_usual_world(tmp_path: Path) -> None:
    kept = tmp_path / "google.json"
    for text in ("", "[]", '{"users": [{}]}'):
        kept.write_text(text)
        with GoogleDouble(replace(Settings(), state=kept)) as google:
            assert google.location in google.state.locations


def test_every_fault_option_and_path_is_documented() -> None:
    assert [name for name in KNOBS if f"`{name}`" not in DOCUMENT] == []
    assert [path for path in Double(Settings()).paths if f"{path}`" not in DOCUMENT] == []
