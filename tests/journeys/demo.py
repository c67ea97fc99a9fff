"""Start the demo with `python -m dev.demo`, on private data and ports."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from config import embedded
from config.embedded.processes import ending_with_parent, shifted_clock
from tests.dev.doubles.simulation import Simulation
from tests.local_servers import LocalServers

LOGGED_ERROR = re.compile(r"^.*(?:\[(?:error|critical) *\]|Traceback).*$", re.MULTILINE)
READY = re.compile(r"is ready: +(\S+)\n.*phones: +(\S+)\n(?:.*\n)*.*Push service: +(\S+) ")
# Ten times what an idle machine needs, because the tests of all processes start at this time.
TIMEOUT = 600


@dataclass(frozen=True)
class Demo:
    site: str
    phones: Simulation
    push: str
    place: LocalServers


@contextmanager
def running(*, log: Path) -> Iterator[Demo]:
    """Run the demo, and stop it by Ctrl-C. Check that no process is left and no error logged."""
    # Not in pytest's folder: its path is too long for sockets and closed to PostgreSQL's user.
    parent = Path(tempfile.mkdtemp(prefix="journeys-"))
    parent.chmod(0o755)
    place = LocalServers(parent / "local")
    process = start(place, log)
    try:
        yield wait_until_ready(process, log, place)
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0, log.read_text()
        assert log.read_text().endswith("demo     │ stopped\n")
        assert not place.living(), "Ctrl-C left processes behind"
        errors = LOGGED_ERROR.findall(log.read_text())
        assert not errors, f"See {log}:\n" + "\n".join(errors[:5])
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(60)
        shutil.rmtree(parent)


def start(place: LocalServers, log: Path) -> subprocess.Popen[bytes]:
    web, phones, mail, payments, model, google, push = free_ports(7)
    with log.open("wb") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "dev.demo"],
            cwd=embedded.ROOT,
            env={
                "PATH": os.environ["PATH"],
                "REPUTATION_LOCAL": str(place.path),
                "PORT": str(web),
                "SIMULATOR_PORT": str(phones),
                "SIMULATOR_SMTP_PORT": str(mail),
                "PAYMENTS_PORT": str(payments),
                "LANGUAGE_MODEL_PORT": str(model),
                "GOOGLE_PORT": str(google),
                "PUSH_PORT": str(push),
                **shifted_clock(),
            },
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            preexec_fn=ending_with_parent(signal.SIGTERM),  # noqa: PLW1509 - as the demo itself does
        )


def wait_until_ready(process: subprocess.Popen[bytes], log: Path, place: LocalServers) -> Demo:
    deadline = time.monotonic() + TIMEOUT
    while not (match := READY.search(log.read_text())):
        assert process.poll() is None, f"The demo did not start:\n{log.read_text()}"
        assert time.monotonic() < deadline, f"The demo is not ready yet:\n{log.read_text()}"
        time.sleep(0.1)
    phones = Simulation(match[2], smtp_port=0)
    return Demo(site=match[1], phones=phones, push=match[3], place=place)


def free_ports(count: int) -> list[int]:
    """Return different free ports. They are all open at the same time for a moment."""
    with ExitStack() as stack:
        servers = [
            stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)
        ]
        return [server.getsockname()[1] for server in servers]
