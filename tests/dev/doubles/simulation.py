"""Run the simulator as a separate process, as the demo does."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.request import Request, urlopen

ACCOUNT_SID = "ACdecade00decade00decade00decade00"
AUTH_TOKEN = "simulated-auth-token"


@dataclass(frozen=True)
class Simulation:
    url: str
    smtp_port: int

    def control(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = Request(
            f"{self.url}/control/{path}",
            data=data,
            method=method,
            headers={"Content-Type": "application/json"},
        )
        with urlopen(request, timeout=10) as response:
            text = response.read()
        return json.loads(text) if text else None

    def faults(self, **knobs: Any) -> None:
        self.control("PUT", "faults", knobs)

    def reset(self) -> None:
        self.control("POST", "reset")

    def told(self) -> list[dict[str, Any]]:
        """Every message that it took, the oldest first."""
        listed: list[dict[str, Any]] = self.control("GET", "messages")["messages"]
        return listed


@contextmanager
def running_simulator(*options: str) -> Iterator[Simulation]:
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "dev.doubles.twilio", "--i-am-a-test"),
            *("--port", "0", "--smtp-port", "0"),
            *("--account-sid", ACCOUNT_SID, "--auth-token", AUTH_TOKEN),
            *options,
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    try:
        line = process.stdout.readline()
        url = line.split(" at ")[1].split(",")[0].strip().replace("localhost", "127.0.0.1")
        yield Simulation(url, int(line.rsplit(" ", 1)[1]) if "mail" in line else 0)
    finally:
        process.terminate()
        process.wait(timeout=10)
        process.stdout.close()
