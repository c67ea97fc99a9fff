import http.client
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
import requests

from config import embedded
from config.embedded.processes import shifted_clock
from dev.doubles.twilio.settings import Settings, read
from tests.dev.doubles.twilio.clients import PATIENT, SENDER, client

Process = subprocess.Popen[str]
Start = Callable[..., Process]


@pytest.fixture
def start() -> Iterator[Start]:
    started: list[Process] = []

    def start(*options: str, **environment: str) -> Process:
        process = subprocess.Popen(
            [sys.executable, "-m", "dev.doubles.twilio", *options],
            cwd=embedded.ROOT,
            env={
                "PATH": os.environ["PATH"],
                "SIMULATOR_PORT": "0",
                "SIMULATOR_SMTP_PORT": "0",
                **shifted_clock(),
                **environment,
            },
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
    return (
        "http://127.0.0.1:"
        + process.stdout.readline().partition("localhost:")[2].split(",")[0].strip()
    )


def test_process_serves_and_stops_on_sigterm(start: Start) -> None:
    simulator = start(DEMO="1")
    base = address(simulator)
    with requests.get(f"{base}/events", stream=True, timeout=5):
        simulator.send_signal(signal.SIGTERM)
        assert simulator.wait(5) == 0
    assert simulator.communicate() == ("", "")


@pytest.mark.parametrize(
    "environment", [{}, {"DEMO": "0"}, {"DEMO": "1", "SITE_URL": "https://clinic.example"}]
)
def test_double_refuses_to_start_in_production(environment: dict[str, str]) -> None:
    with pytest.raises(SystemExit, match="simulator"):
        read([], environment)


def test_used_port_is_a_clear_error(start: Start) -> None:
    first = start(DEMO="1")
    port = address(first).rpartition(":")[2]
    second = start(DEMO="1", SIMULATOR_PORT=port)
    assert "SIMULATOR_PORT" in second.communicate(timeout=5)[1]
    assert second.returncode == 1


def test_sink_only_answers(start: Start) -> None:
    base = address(start("--i-am-a-test", "--sink"))
    twilio = client(base)
    with twilio.http_client.session:
        sids = {twilio.messages.create(to=PATIENT, from_=SENDER, body="Hola").sid for _ in "ab"}
    assert len(sids) == 2
    assert all(sid.startswith("SM") and len(sid) == 34 for sid in sids)
    counts = requests.get(f"{base}/control/stats", timeout=5).json()["counts"]
    assert counts == {"outbound-api": 2}


def test_sink_waits_for_the_whole_request(start: Start) -> None:
    base = address(start("--i-am-a-test", "--sink", "--latency-ms", "20"))
    connection = http.client.HTTPConnection(base.removeprefix("http://"), timeout=5)
    try:
        for _ in range(2):
            connection.request(
                "POST", "/", body=iter([b"To=", b"x"]), headers={"Content-Length": "4"}
            )
            assert connection.getresponse().read()
    finally:
        connection.close()


def test_options_override_the_environment() -> None:
    environment = {
        "DEMO": "true",
        "SIMULATOR_PORT": "9000",
        "SIMULATOR_RATE_429": "0.05",
        "TWILIO_INBOUND_URL": "http://localhost:8001/in",
        "SIMULATOR_KEEP": "",
    }
    settings = read(["--port", "9001"], environment)
    assert settings.port == 9001
    assert settings.faults.rate_429 == 0.05
    assert settings.inbound_url == "http://localhost:8001/in"
    assert settings.keep == Settings().keep


def test_invalid_option_is_a_clear_error() -> None:
    with pytest.raises(SystemExit, match="rate_429 takes a number from 0 to 1"):
        read(["--i-am-a-test", "--rate-429", "5"], {})
