"""Run a real web server as in production, but with one worker, for both sides of a comparison."""

import http.client
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress

HOST = "127.0.0.1"
THREADS = 8
PATIENCE = 120


@contextmanager
def serving(application: str, environment: Mapping[str, str]) -> Iterator[int]:
    """Run the server inside the `with` and give its port."""
    port = free_port()
    server = subprocess.Popen(
        [
            *[sys.executable, "-m", "config.web", application, "--host", HOST],
            *["--port", str(port), "--threads", str(THREADS), "--grace", "2"],
        ],
        env=dict(environment),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, server)
        yield port
    finally:
        server.terminate()
        server.wait()


def _wait_for(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE
    while not _answers(port):
        if server.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"The server did not start (it ended with {server.poll()}).")
        time.sleep(0.05)


def _answers(port: int) -> bool:
    with (
        suppress(OSError, http.client.HTTPException),
        closing(http.client.HTTPConnection(HOST, port, timeout=2)) as connection,
    ):
        connection.request("GET", "/")
        return bool(connection.getresponse().status)
    return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
