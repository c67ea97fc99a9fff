"""The double as the demo runs it: a process that changes its mode when told."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import requests

from config import embedded
from config.embedded.processes import shifted_clock
from dev.doubles.language_model.settings import API_KEY, Mode, read

PATIENCE = 10
BODY: dict[str, Any] = {
    "model": "double-1",
    "messages": [
        {"role": "system", "content": "Answer."},
        {"role": "user", "content": '{"language": "en", "stars": 5, "texts": []}'},
    ],
    "response_format": {
        "type": "json_schema",
        "json_schema": {"schema": {"properties": {"message": {}}}},
    },
}


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    started = subprocess.Popen(
        [sys.executable, "-m", "dev.doubles.language_model", "--port", "0"],
        cwd=embedded.ROOT,
        env={"PATH": os.environ["PATH"], "DEMO": "1", **shifted_clock()},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    yield started
    with suppress(ProcessLookupError):
        started.kill()
    started.communicate()


def ask(base: str, key: str = API_KEY) -> requests.Response:
    return requests.post(
        f"{base}/v1/chat/completions",
        json=BODY,
        headers={"Authorization": f"Bearer {key}"},
        timeout=5,
    )


def test_it_serves_changes_its_mode_and_ends(process: subprocess.Popen[str]) -> None:
    assert process.stdout
    base = process.stdout.readline().partition(" at ")[2].strip()

    assert "thank you" in ask(base).text
    assert ask(base, key="another").status_code == 401
    assert requests.post(f"{base}/mode/{Mode.BUSY}", timeout=5).ok
    assert ask(base).status_code == 429
    assert requests.post(f"{base}/mode/poetic", timeout=5).status_code == 400
    foreign = {"Origin": "http://evil.example"}
    assert requests.post(f"{base}/mode/good", headers=foreign, timeout=5).status_code == 403

    process.send_signal(signal.SIGTERM)
    assert process.communicate(timeout=PATIENCE) == ("", "")
    assert process.returncode == 0


@pytest.mark.parametrize("environment", [{}, {"DEMO": "1", "SITE_URL": "https://clinic.example"}])
def test_it_never_runs_beside_production(environment: dict[str, str]) -> None:
    with pytest.raises(SystemExit, match="language model"):
        read([], environment)
